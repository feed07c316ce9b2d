"""Lead columns made comparable in SQL, as an analyst who looked at the file would: for the SQL baseline and for Splink.

Names and companies are folded to lower-case Latin letters, legal forms and titles are taken off, e-mail addresses lose
tags and the dots of Gmail, phones keep their last nine digits, placeholders go. Everything that is learned about values
(which domains are mailbox providers, which numbers are shared) is counted in the file itself. No phone library, no
nicknames: SQL has none.
"""

LEGAL = (
    "inc|incorporated|corp|corporation|co|company|llc|llp|lp|ltd|limited|plc|pty|pvt|private|gmbh|ag|kg|ohg|ug|se|mbh|"
    "sa|sas|sarl|eurl|snc|srl|spa|sl|slu|bv|nv|vof|as|asa|ab|oy|oyj|aps|sro|doo|dd|kft|zrt|sp|zoo|ltda|me|eireli|"
    "cv|sapi|kk|yk|pte|sdn|bhd|jsc|ooo|tov|pat|fze|fzc|fzco|z|oo|haftungsbeschrankt|sti|holding|group"
)
TITLES = "mr|mrs|ms|miss|dr|prof|herr|frau|hr|fr|mme|mlle|monsieur|madame|sr|sra|srta|sig|dott|ing|dipl|phd|mba|md|jr|iii|ii|esq"
JUNK_NAMES = "'test', 'na', 'none', 'unknown', 'x', 'xx', 'xxx', 'tbd', 'nn', 'anonymous', 'asdf'"
JUNK_COMPANIES = (
    "'', 'na', 'none', 'self', 'selfemployed', 'freelance', 'freelancer', 'unknown', 'private', 'test', 'tbd', 'retired', "
    "'student', 'individual', 'independent', 'xxx', 'x', 'home', 'unemployed', 'consultant', 'personal'"
)


def prepare(con, path: str) -> None:
    """Makes the table `leads` (one row a record) and `emails`, `phones` (one row a value and record)."""
    con.execute(
        f"""
        create or replace table raw as
        select row_number() over () as n, * from read_csv('{path}', all_varchar = true, header = true);

        create or replace macro folded(t) as lower(strip_accents(coalesce(t, '')));
        create or replace macro words(t) as
            trim(regexp_replace(regexp_replace(folded(t), '[^a-z0-9 ]', ' ', 'g'), ' +', ' ', 'g'));
        create or replace macro name_words(t) as
            trim(regexp_replace(regexp_replace(words(t), '\\b({TITLES})\\b', ' ', 'g'), ' +', ' ', 'g'));
        create or replace macro company_words(t) as
            trim(regexp_replace(regexp_replace(
                regexp_replace(replace(folded(t), '&', ' and '), '[.'']', '', 'g'),
                '[^a-z0-9]+', ' ', 'g'), '\\b({LEGAL})\\b', ' ', 'g'));
        create or replace macro address(t) as
            regexp_extract(lower(trim(coalesce(t, ''))), '([^\\s<>:;,]+@[^\\s<>:;,]+\\.[a-z]+)', 1);

        create or replace table emails as
        with split as (
            select n, address(v) as a from (select n, unnest([emailaddress1, emailaddress2]) as v from raw) where address(v) <> ''
        ), parts as (
            select n, regexp_replace(split_part(a, '@', 1), '\\+.*', '') as user_part,
                replace(split_part(a, '@', 2), 'googlemail.com', 'gmail.com') as domain from split
        )
        select distinct n, domain,
            case when domain = 'gmail.com' then replace(user_part, '.', '') else user_part end || '@' || domain as email
        from parts
        where not (user_part in ('test', 'noreply', 'no-reply', 'none', 'na', 'n/a', 'asdf', 'abc', 'x', 'xxx', 'noemail', 'unknown')
            or domain in ('test.com', 'example.com', 'example.org', 'none.com', 'na.com', 'noemail.com', 'unknown.com'));

        create or replace table phones as
        with split as (
            select n, regexp_replace(split_part(regexp_replace(lower(v), 'e\\+.*|ext.*|x[0-9]+$|#.*', ''), ',', 1),
                '[^0-9]', '', 'g') as d
            from (select n, unnest([telephone1, telephone2, telephone3, mobilephone]) as v from raw)
            where v is not null and not regexp_matches(lower(v), 'e\\+')
        )
        select distinct n, right(d, 9) as phone from split
        where length(d) >= 7 and length(replace(right(d, 9), right(d, 1), '')) > 2
            and d not in ('1234567', '12345678', '123456789', '1234567890', '0123456789');

        create or replace table named as
        with given as (
            select n, name_words(firstname) as f, name_words(lastname) as l, fullname as whole from raw
        )
        select n,
            case when f <> '' and l <> '' then f
                 when contains(whole, ',') then name_words(split_part(whole, ',', 2))
                 else regexp_extract(name_words(whole), '^(\\S+) ', 1) end as f,
            case when f <> '' and l <> '' then l
                 when contains(whole, ',') then name_words(split_part(whole, ',', 1))
                 else regexp_extract(name_words(whole), '(\\S+)$', 1) end as l
        from given;

        create or replace table leads as
        with companies as (
            select n, company_words(companyname) as c from raw
        )
        select r.n, r.leadid as id,
            case when f in ('', {JUNK_NAMES}) then null else split_part(f, ' ', 1) end as first_name,
            case when l in ('', {JUNK_NAMES}) then null else l end as last_name,
            case when replace(c, ' ', '') in ({JUNK_COMPANIES}) then null else c end as company_words,
            nullif(case when replace(c, ' ', '') in ({JUNK_COMPANIES}) then null else replace(c, ' ', '') end, '') as company,
            nullif(replace(words(address1_postalcode), ' ', ''), '') as postcode,
            nullif(words(address1_city), '') as city,
            nullif(words(address1_line1), '') as street,
            nullif(words(jobtitle), '') as job
        from raw r join named using (n) join companies using (n);

        -- Mailbox providers: domains under which many unlike companies write.
        create or replace table providers as
        select domain from emails join leads using (n) group by domain
        having count(distinct company) >= 12 and count(distinct company) > 0.4 * count(company);
        """
    )
