//! The state folder: reading it at any time, changing it under a lock.

use super::entry::{Act, Entry, FORMAT_NAME, FORMAT_VERSION, GateRecord, What, encode};
use super::error::StateError;
use super::history::{Plan, RuleSetHistory, Standing, Status, Version};
use super::log::{Log, Torn};
use crate::durable::{FileLock, LockError, create_private_folder, open_private, sync_folder};
use crate::rules::{RuleSet, parse};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the log.
pub(super) const LOG: &str = "log.jsonl";

/// Name of the lock file. It is never removed: the system's lock on it counts, not its being there.
const LOCK: &str = ".kinfold.lock";

/// How long a reader that met an odd log waits for a writer to finish before it believes its eyes.
const READER_WAIT: Duration = Duration::from_secs(10);

/// Longest name of an author, in characters.
const WHO_MAX: usize = 200;

/// Longest reason, in characters.
const WHY_MAX: usize = 2_000;

/// Who changes something, when and why; checked to be fit for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    act: Act,
}

impl Author {
    /// `when` is RFC 3339, UTC. Names and reasons are trimmed; an empty reason is none.
    ///
    /// Errors: an empty name, control characters, more than 200 characters of name or 2,000 of reason.
    pub fn new(who: &str, when: &str, why: Option<&str>) -> Result<Author, StateError> {
        let who = label("name of the author", who, WHO_MAX)?;
        if who.is_empty() {
            return Err(StateError::Label {
                what: "name of the author",
                why: "it is empty".to_owned(),
            });
        }
        let why = Author::reason(why)?;
        Ok(Author {
            act: Act {
                when: when.to_owned(),
                who,
                why,
            },
        })
    }

    /// A reason fit for the log: trimmed, and none when it is empty.
    pub(super) fn reason(why: Option<&str>) -> Result<Option<String>, StateError> {
        let why = label("reason", why.unwrap_or(""), WHY_MAX)?;
        Ok((!why.is_empty()).then_some(why))
    }

    pub(super) fn act(&self) -> &Act {
        &self.act
    }
}

/// A text of at most `max` characters, trimmed and fit for one line.
fn label(what: &'static str, text: &str, max: usize) -> Result<String, StateError> {
    let text = text.trim();
    let n = text.chars().count();
    let why = if n > max {
        format!("it has {n} characters, and {max} are allowed")
    } else if text.chars().any(char::is_control) {
        "it has a control character or a line break".to_owned()
    } else {
        return Ok(text.to_owned());
    };
    Err(StateError::Label { what, why })
}

/// A state folder as it was when it was opened.
#[derive(Debug)]
pub struct StateFolder {
    dir: PathBuf,
    log: Log,
}

impl StateFolder {
    /// Reads a state folder. Needs no lock and writes nothing, so that it works while another process changes the state
    /// and where there is no right to write; what it gives is the state before or after such a change.
    ///
    /// Errors: [`StateError::NoState`] when there is none; [`StateError::Damaged`] and [`StateError::Newer`].
    pub fn open(dir: &Path) -> Result<StateFolder, StateError> {
        let path = dir.join(LOG);
        let bytes = read_log(dir)?;
        let log = match Log::read(&bytes, &path) {
            Ok(log) if log.torn.is_none() => log,
            // A writer may be at work in this moment. Look again while there is none.
            odd => {
                let lock_path = dir.join(LOCK);
                match FileLock::shared(&lock_path, READER_WAIT) {
                    Ok(_lock) => Log::read(&read_log(dir)?, &path)?,
                    Err(LockError::Busy(holder)) => {
                        // A long change holds the lock; what stands before the torn end is whole.
                        match odd {
                            Ok(log) => log,
                            Err(_) => {
                                return Err(StateError::Busy {
                                    path: lock_path,
                                    holder,
                                });
                            }
                        }
                    }
                    Err(LockError::Io(doing, error)) => match odd {
                        // A copy whose lock file may not be read: nobody changes that.
                        Ok(log) => log,
                        Err(_) => return Err(StateError::io(doing, &lock_path)(error)),
                    },
                }
            }
        };
        Ok(StateFolder {
            dir: dir.to_owned(),
            log,
        })
    }

    /// Like [`open`](Self::open); a folder that is not there yet is an empty state.
    pub fn open_or_empty(dir: &Path) -> Result<StateFolder, StateError> {
        match StateFolder::open(dir) {
            Err(StateError::NoState { .. }) => Ok(StateFolder {
                dir: dir.to_owned(),
                log: Log::empty(),
            }),
            other => other,
        }
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// All entries, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.log.entries
    }

    /// An unfinished entry at the end. It counts as never written, and the next change cuts it off.
    pub fn torn(&self) -> Option<Torn> {
        self.log.torn
    }

    /// The checksum that stands for the whole history: that of the last entry.
    pub fn chain(&self) -> &str {
        &self.log.chain
    }

    /// All rule sets, by name.
    pub fn sets(&self) -> impl Iterator<Item = &RuleSetHistory> {
        self.log.history.sets()
    }

    /// The versions of one rule set.
    pub fn set(&self, name: &str) -> Result<&RuleSetHistory, StateError> {
        self.log.history.set(name).ok_or_else(|| {
            let known = self.sets().map(|s| format!("{:?}", s.name)).collect();
            StateError::NotFound {
                path: self.dir.clone(),
                what: format!("rule set {name:?}"),
                known,
            }
        })
    }

    /// The published version of a rule set.
    pub fn published(&self, set: &str) -> Option<&Version> {
        self.log.history.set(set).and_then(|s| s.published())
    }

    /// The published version of the rule set named, or of the only one that is published.
    pub fn choose(&self, set: Option<&str>) -> Result<&Version, StateError> {
        if let Some(name) = set {
            let set = self.set(name)?;
            return set.published().ok_or_else(|| StateError::NotPublished {
                path: self.dir.clone(),
                set: name.to_owned(),
                newest: set.newest(),
            });
        }
        let published: Vec<&Version> = self.sets().filter_map(|s| s.published()).collect();
        match published.as_slice() {
            [one] => Ok(one),
            [] => Err(StateError::NothingPublished {
                path: self.dir.clone(),
                stored: self.sets().map(|s| (s.name.clone(), s.newest())).collect(),
            }),
            several => Err(StateError::SeveralPublished {
                path: self.dir.clone(),
                published: several.iter().map(|v| v.set.clone()).collect(),
            }),
        }
    }

    /// A version by number, of the rule set named; without a name, of the only set there is, or the only published one.
    pub fn version(&self, set: Option<&str>, number: u64) -> Result<&Version, StateError> {
        let sets: Vec<&RuleSetHistory> = self.sets().collect();
        let set = match (set, sets.as_slice()) {
            (Some(name), _) => self.set(name)?,
            (None, [one]) => one,
            (None, _) => self.set(&self.choose(None)?.set)?,
        };
        set.versions
            .iter()
            .find(|v| v.number == number)
            .ok_or_else(|| StateError::NotFound {
                path: self.dir.clone(),
                what: format!("version {number} of {:?}", set.name),
                known: set.versions.iter().map(|v| v.number.to_string()).collect(),
            })
    }

    /// What storing or publishing these rules would do. Writes nothing.
    pub fn plan(&self, rules: &RuleSet) -> Plan {
        self.log.history.plan(rules)
    }

    /// What publishing a stored version would do. Writes nothing.
    pub fn plan_stored(&self, version: &Version) -> Plan {
        self.log.history.plan_stored(version)
    }
}

impl Version {
    /// The rules. Errors: this version of kinfold refuses what an earlier one accepted.
    pub fn rules(&self) -> Result<RuleSet, StateError> {
        parse(&self.text).map_err(|error| StateError::Rules {
            set: self.set.clone(),
            number: self.number,
            problem: error.to_string().lines().next().unwrap_or("").to_owned(),
        })
    }
}

/// A state folder held for changing. Others may read it meanwhile.
#[derive(Debug)]
pub struct StateWriter {
    _lock: FileLock,
    file: File,
    folder: StateFolder,
    cut: Option<Torn>,
}

impl StateWriter {
    /// Locks a state folder, making it when there is none, and cuts a torn end off.
    ///
    /// Waits up to `wait` for another process to finish; then [`StateError::Busy`]. Files that are not ours stay.
    pub fn lock(dir: &Path, wait: Duration) -> Result<StateWriter, StateError> {
        make_folder(dir)?;
        let path = dir.join(LOG);
        // What is no log of ours is told as that, and nothing is written beside it.
        match read_log(dir) {
            Ok(_) | Err(StateError::NoState { .. }) => {}
            Err(error) => return Err(error),
        }
        let lock = lock(dir, wait)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = open_private(&path, &mut options).map_err(StateError::io("open", &path))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(StateError::io("read", &path))?;
        let mut log = Log::read(&bytes, &path)?;
        let cut = log.torn.take();
        if cut.is_some() {
            file.set_len(log.n_bytes)
                .and_then(|()| file.sync_all())
                .map_err(StateError::io("cut the end of", &path))?;
        }
        Ok(StateWriter {
            _lock: lock,
            file,
            folder: StateFolder {
                dir: dir.to_owned(),
                log,
            },
            cut,
        })
    }

    /// The state as it is now.
    pub fn folder(&self) -> &StateFolder {
        &self.folder
    }

    /// The torn end that was cut off when the folder was locked.
    pub fn cut(&self) -> Option<Torn> {
        self.cut
    }

    /// Stores rules as a draft. Does nothing when they are stored already.
    pub fn draft(&mut self, plan: &Plan, author: &Author) -> Result<(), StateError> {
        self.check(plan)?;
        match plan.standing {
            Standing::Stored(_) => Ok(()),
            Standing::New => self.append(
                author,
                What::Draft {
                    set: plan.set.clone(),
                    number: plan.number,
                    sha256: plan.sha256.clone(),
                    rules: plan.text.clone(),
                },
            ),
        }
    }

    /// Publishes, in place of what was. Does nothing when these very rules are published already.
    ///
    /// On return the change is on disk. On an error, and when the process ends at any moment, either the old or the new
    /// version is published.
    pub fn publish(&mut self, plan: &Plan, author: &Author) -> Result<(), StateError> {
        self.publish_gated(plan, author, None)
    }

    /// As [`publish`](Self::publish), with the gate that the version passed, for the log.
    pub fn publish_gated(
        &mut self,
        plan: &Plan,
        author: &Author,
        gate: Option<GateRecord>,
    ) -> Result<(), StateError> {
        self.check(plan)?;
        if plan.is_in_force() {
            return Ok(());
        }
        self.append(
            author,
            What::Publish {
                set: plan.set.clone(),
                number: plan.number,
                sha256: plan.sha256.clone(),
                rules: (plan.standing == Standing::New).then(|| plan.text.clone()),
                gate,
            },
        )
    }

    /// Takes the published version of a rule set out of force, of the only published one without a name. Returns it.
    pub fn unpublish(&mut self, set: Option<&str>, author: &Author) -> Result<Version, StateError> {
        let version = self.folder.choose(set)?.clone();
        self.append(
            author,
            What::Unpublish {
                set: version.set.clone(),
                number: version.number,
            },
        )?;
        Ok(Version {
            status: Status::Unpublished,
            ..version
        })
    }

    /// A plan of another moment could give a number twice.
    fn check(&self, plan: &Plan) -> Result<(), StateError> {
        let set = self.folder.log.history.set(&plan.set);
        let stored = set.and_then(|s| s.versions.iter().find(|v| v.number == plan.number));
        let holds = match plan.standing {
            Standing::New => plan.number == set.map_or(0, RuleSetHistory::newest) + 1,
            Standing::Stored(status) => {
                stored.is_some_and(|v| v.status == status && v.sha256 == plan.sha256)
            }
        };
        let in_force = set.and_then(RuleSetHistory::published).map(|v| v.number);
        if holds && in_force == plan.in_force {
            Ok(())
        } else {
            Err(StateError::Changed {
                set: plan.set.clone(),
            })
        }
    }

    /// Adds an entry: one write, then a flush to disk. Before the first entry goes the one that names the format.
    pub(super) fn append(&mut self, author: &Author, what: What) -> Result<(), StateError> {
        let is_first = self.folder.log.entries.is_empty();
        let mut whats = Vec::new();
        if is_first {
            whats.push(What::Format {
                format: FORMAT_NAME.to_owned(),
                version: FORMAT_VERSION,
            });
        }
        whats.push(what);
        let log = &self.folder.log;
        let (mut chain, mut text, mut entries) = (log.chain.clone(), String::new(), Vec::new());
        for what in whats {
            let is_format = matches!(what, What::Format { .. });
            let mut act = author.act.clone();
            // The reason is that of the change, not of the log.
            act.why = act.why.filter(|_| !is_format);
            let entry = Entry {
                seq: (log.entries.len() + entries.len()) as u64 + 1,
                act,
                tool: env!("CARGO_PKG_VERSION").to_owned(),
                what,
            };
            let line;
            (line, chain) = encode(&entry, &chain);
            text.push_str(&line);
            entries.push(entry);
        }
        let n_bytes = log.n_bytes;
        let path = self.folder.dir.join(LOG);
        let mut write = || -> io::Result<()> {
            self.file.seek(SeekFrom::Start(n_bytes))?;
            self.file.write_all(text.as_bytes())?;
            fail_point!("state.appended")?;
            self.file.sync_all()?;
            if is_first {
                sync_folder(&self.folder.dir)?;
            }
            Ok(())
        };
        write().map_err(|error| {
            // What a failed flush left on disk is unknown. When cutting it off fails too, it is a torn end, or a whole
            // entry whose writer was told that it failed.
            let _ = self
                .file
                .set_len(n_bytes)
                .and_then(|()| self.file.sync_all());
            StateError::io("write", &path)(error)
        })?;
        let log = &mut self.folder.log;
        for entry in entries {
            log.history
                .apply(&entry)
                .expect("the plan was checked against this history");
            log.entries.push(entry);
        }
        log.chain = chain;
        log.n_bytes = n_bytes + text.len() as u64;
        Ok(())
    }
}

/// Locks a state folder for changing.
pub(super) fn lock(dir: &Path, wait: Duration) -> Result<FileLock, StateError> {
    let path = dir.join(LOCK);
    FileLock::exclusive(&path, wait).map_err(|error| match error {
        LockError::Busy(holder) => StateError::Busy {
            path: path.clone(),
            holder,
        },
        LockError::Io(doing, error) => StateError::io(doing, &path)(error),
    })
}

/// The bytes of the log.
pub(super) fn read_log(dir: &Path) -> Result<Vec<u8>, StateError> {
    let path = dir.join(LOG);
    match fs::symlink_metadata(&path) {
        Ok(found) if !found.is_file() => Err(StateError::NotA {
            path,
            expected: "a plain file",
        }),
        Ok(_) => fs::read(&path).map_err(StateError::io("read", &path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StateError::NoState {
            path: dir.to_owned(),
            is_folder: dir.is_dir(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(StateError::NotA {
            path: dir.to_owned(),
            expected: "a folder",
        }),
        Err(error) => Err(StateError::io("read", &path)(error)),
    }
}

/// Makes the folder when it is missing. One that is there keeps its rights.
fn make_folder(dir: &Path) -> Result<(), StateError> {
    match fs::metadata(dir) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => {
            return Err(StateError::NotA {
                path: dir.to_owned(),
                expected: "a folder",
            });
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(StateError::io("read", dir)(error)),
    }
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty());
    if let Some(parent) = parent {
        fs::create_dir_all(parent).map_err(StateError::io("create folder", parent))?;
    }
    match create_private_folder(dir) {
        // Another process made it in this moment.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        other => other.map_err(StateError::io("create folder", dir)),
    }?;
    sync_folder(parent.unwrap_or(Path::new("."))).map_err(StateError::io("flush to disk", dir))
}
