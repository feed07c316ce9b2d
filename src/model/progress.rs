//! How stages tell what they are doing, and learn that they should stop.

/// Receives progress from the stages. Implemented by the command line; [`Silent`] elsewhere.
///
/// Calls may come from any thread. `advance` is called per chunk, never per record.
pub trait Progress: Sync {
    /// A step begins: a short name (`reading leads.csv`), the unit counted, and how many there will be when known.
    fn begin(&self, step: &str, unit: &str, total: Option<u64>);
    /// `n` more units are done.
    fn advance(&self, n: u64);
    /// The step is over.
    fn end(&self);
    /// One sentence for the user, without personal values.
    fn notice(&self, text: &str);
    /// True when the user asked to stop; stages check it per chunk and return early with what they have.
    fn cancelled(&self) -> bool;
}

/// Says nothing, never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
    fn notice(&self, _: &str) {}
    fn cancelled(&self) -> bool {
        false
    }
}
