"""The models that splink_run.py runs: for each table the documented and the tuned one.

Sources: the quick start of Splink's README (fake_1000), its example "Deduplicating the febrl3 dataset", and its topic
guides on comparisons for names and e-mails, term frequencies, and blocking rules with arrays.
"""

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

import leads


def text(column: str) -> str:
    """A column of the file, trimmed and lower-cased, blank as null."""
    return f"nullif(trim(lower(\"{column}\")), '')"


class Model:
    recall = 0.7
    u_pairs = 5e6

    def prepare(self, con, path: str) -> None:
        """Makes the table `records` with a column unique_id."""
        raise NotImplementedError

    def surely_same(self) -> list:
        raise NotImplementedError

    def training(self) -> list:
        raise NotImplementedError

    def comparisons(self) -> list:
        raise NotImplementedError

    def blocking(self) -> list:
        raise NotImplementedError

    def settings(self):
        return SettingsCreator(
            link_type="dedupe_only",
            comparisons=self.comparisons(),
            blocking_rules_to_generate_predictions=self.blocking(),
            retain_intermediate_calculation_columns=False,
            retain_matching_columns=False,
        )


class LeadsDocumented(Model):
    """Columns as exported, lower-cased; the templates as they come."""

    def prepare(self, con, path):
        con.execute(
            f"""create or replace table records as select leadid as unique_id, {text('firstname')} as first_name,
            {text('lastname')} as surname, {text('companyname')} as company, {text('emailaddress1')} as email,
            nullif(regexp_replace(coalesce(telephone1, ''), '[^0-9]', '', 'g'), '') as phone,
            nullif(regexp_replace(coalesce(mobilephone, ''), '[^0-9]', '', 'g'), '') as mobile,
            {text('address1_city')} as city, {text('address1_postalcode')} as postcode
            from read_csv('{path}', all_varchar = true, header = true)"""
        )

    def comparisons(self):
        return [
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("company", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            cl.ExactMatch("mobile").configure(term_frequency_adjustments=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ]

    def blocking(self):
        return [
            block_on("email"),
            block_on("phone"),
            block_on("mobile"),
            block_on("first_name", "surname"),
            block_on("company", "surname"),
            block_on("company", "first_name"),
        ]

    def surely_same(self):
        return [block_on("email", "surname"), block_on("mobile"), block_on("first_name", "surname", "company")]

    def training(self):
        return [block_on("first_name", "surname"), block_on("email")]


class LeadsTuned(Model):
    """Columns cleaned, arrays of e-mails and phones, generic values left out, more blocking."""

    def prepare(self, con, path):
        leads.prepare(con, path)
        con.execute(
            """
            -- A number or address under which people of many surnames are reached says little: leave it out.
            create or replace table own_phones as
            select n, list_sort(list(phone)) as phones from phones semi join (
                select phone from phones join leads using (n) group by phone
                having count(distinct first_name) <= 2 and count(distinct last_name) <= 2 or count(*) <= 2) using (phone) group by n;
            create or replace table own_emails as
            select n, list_sort(list(email)) as emails, min(email) as email from emails semi join (
                select email from emails join leads using (n) group by email
                having count(distinct first_name || last_name) <= 4) using (email) group by n;
            create or replace table domains as
            select n, list_sort(list(distinct domain)) as domains from emails anti join providers using (domain) group by n;
            create or replace table records as
            select id as unique_id, first_name, last_name as surname, first_name || ' ' || last_name as full_name,
                company, split_part(company_words, ' ', 1) as company_word, emails, email, split_part(email, '@', 1) as email_user,
                phones, domains, postcode, city, street
            from leads left join own_emails using (n) left join own_phones using (n) left join domains using (n)
            """
        )

    def comparisons(self):
        # Apart from each other: that given names differ is what tells a family apart.
        first_name = cl.CustomComparison(
            output_column_name="first_name",
            comparison_levels=[
                cll.NullLevel("first_name"),
                cll.ExactMatchLevel("first_name").configure(tf_adjustment_column="first_name"),
                cll.JaroWinklerLevel("first_name", 0.92),
                cll.JaroWinklerLevel("first_name", 0.85),
                cll.CustomLevel("least(length(first_name_l), length(first_name_r)) = 1 and first_name_l[1] = first_name_r[1]"),
                cll.CustomLevel("first_name_l = surname_r", "Swapped"),
                cll.ElseLevel(),
            ],
        )
        surname = cl.CustomComparison(
            output_column_name="surname",
            comparison_levels=[
                cll.NullLevel("surname"),
                cll.ExactMatchLevel("surname").configure(tf_adjustment_column="surname"),
                cll.JaroWinklerLevel("surname", 0.92),
                cll.JaroWinklerLevel("surname", 0.85),
                cll.CustomLevel("surname_l = first_name_r", "Swapped"),
                cll.ElseLevel(),
            ],
        )
        email = cl.CustomComparison(
            output_column_name="email",
            comparison_levels=[
                cll.NullLevel("emails"),
                cll.And(cll.ArrayIntersectLevel("emails", 1), cll.JaroWinklerLevel("first_name", 0.85)),
                cll.ArrayIntersectLevel("emails", 1),
                cll.ExactMatchLevel("email_user").configure(tf_adjustment_column="email_user"),
                cll.JaroWinklerLevel("email_user", 0.92),
                cll.ElseLevel(),
            ],
        )
        # Company, its domain and its place say much the same; as one comparison they count once.
        company = cl.CustomComparison(
            output_column_name="company",
            comparison_levels=[
                cll.NullLevel("company"),
                cll.ExactMatchLevel("company").configure(tf_adjustment_column="company"),
                cll.ArrayIntersectLevel("domains", 1),
                cll.JaroWinklerLevel("company", 0.92),
                cll.JaroWinklerLevel("company", 0.8),
                cll.ElseLevel(),
            ],
        )
        city = cl.CustomComparison(
            output_column_name="city",
            comparison_levels=[
                cll.NullLevel("city"),
                cll.ExactMatchLevel("city").configure(tf_adjustment_column="city"),
                cll.JaroWinklerLevel("city", 0.9),
                cll.ElseLevel(),
            ],
        )
        # One number for people of unlike names is a switchboard or a family.
        phones = cl.CustomComparison(
            output_column_name="phones",
            comparison_levels=[
                cll.NullLevel("phones"),
                cll.And(cll.ArrayIntersectLevel("phones", 1), cll.JaroWinklerLevel("first_name", 0.85)),
                cll.ArrayIntersectLevel("phones", 1),
                cll.ElseLevel(),
            ],
        )
        return [first_name, surname, email, company, phones, city]

    def blocking(self):
        return [
            block_on("emails", arrays_to_explode=["emails"]),
            block_on("phones", arrays_to_explode=["phones"]),
            block_on("first_name", "surname"),
            block_on("company", "surname"),
            block_on("company", "first_name"),
            block_on("company_word", "substr(surname, 1, 3)", "substr(first_name, 1, 1)"),
            block_on("domains", "substr(surname, 1, 3)", arrays_to_explode=["domains"]),
            block_on("domains", "first_name", arrays_to_explode=["domains"]),
            block_on("email_user"),
            CustomRule("l.first_name = r.surname and l.surname = r.first_name"),
        ]

    def surely_same(self):
        return [
            block_on("email", "surname"),
            block_on("first_name", "surname", "company"),
            block_on("phones", "surname", "first_name", arrays_to_explode=["phones"]),
        ]

    def training(self):
        return [block_on("first_name", "surname"), block_on("email"), block_on("surname", "city")]


class Fake(Model):
    """The quick start."""

    u_pairs = 1e6

    def prepare(self, con, path):
        con.execute(
            f"""create or replace table records as select id as unique_id, {text('first_name')} as first_name,
            {text('surname')} as surname, {text('dob')} as dob, {text('city')} as city, {text('email')} as email
            from read_csv('{path}', all_varchar = true, header = true)"""
        )

    def comparisons(self):
        return [
            cl.JaroWinklerAtThresholds("first_name", [0.9, 0.7]),
            cl.JaroAtThresholds("surname", [0.9, 0.7]),
            cl.DateOfBirthComparison("dob", input_is_string=True, datetime_metrics=["year", "month"], datetime_thresholds=[1, 1]),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ]

    def blocking(self):
        return [block_on("first_name"), block_on("surname")]

    def surely_same(self):
        return [block_on("first_name", "surname")]

    def training(self):
        return [block_on("first_name", "surname"), block_on("dob")]


class FakeTuned(Fake):
    def comparisons(self):
        return [
            cl.ForenameSurnameComparison("first_name", "surname", jaro_winkler_thresholds=[0.92, 0.8]),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.JaroWinklerAtThresholds("city", [0.85]).configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ]

    def blocking(self):
        return [
            block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email"),
            CustomRule("l.first_name = r.surname"),
            block_on("substr(dob, 1, 7)", "city"),
            block_on("split_part(email, '@', 1)"),
            block_on("substr(first_name, 1, 3)", "city"),
            block_on("substr(surname, 1, 3)", "city"),
        ]

    def surely_same(self):
        return [block_on("first_name", "surname", "dob"), block_on("email")]

    def training(self):
        return [block_on("email"), block_on("dob"), block_on("first_name", "surname")]


class Febrl(Model):
    """After the febrl3 example."""

    recall = 0.9

    def prepare(self, con, path):
        con.execute(
            f"""create or replace table records as select id as unique_id, {text('given_name')} as given_name,
            {text('surname')} as surname, {text('street_number')} as street_number, {text('address_1')} as address_1,
            {text('suburb')} as suburb, {text('postcode')} as postcode, {text('state')} as state,
            {text('date_of_birth')} as date_of_birth, {text('soc_sec_id')} as soc_sec_id,
            {text('given_name')} || ' ' || {text('surname')} as full_name
            from read_csv('{path}', all_varchar = true, header = true)"""
        )

    def comparisons(self):
        return [
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [2]).configure(term_frequency_adjustments=True),
        ]

    def blocking(self):
        return [
            block_on("soc_sec_id"),
            block_on("given_name"),
            block_on("date_of_birth"),
            block_on("surname", "postcode"),
            block_on("postcode", "given_name"),
        ]

    def surely_same(self):
        return [
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            CustomRule(
                "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth"
            ),
        ]

    def training(self):
        return [block_on("date_of_birth"), block_on("surname")]


class FebrlTuned(Febrl):
    def comparisons(self):
        return [
            cl.ForenameSurnameComparison("given_name", "surname", forename_surname_concat_col_name="full_name"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9]).configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ]

    def blocking(self):
        return [
            *super().blocking(),
            CustomRule("l.given_name = r.surname"),
            block_on("address_1", "street_number"),
            block_on("suburb", "street_number"),
            block_on("surname", "street_number"),
        ]

    def training(self):
        return [block_on("date_of_birth"), block_on("soc_sec_id"), block_on("given_name", "surname")]


class Chicago(Model):
    """No example of Splink's has such a table: name, address, zip and phone of sites by its templates."""

    u_pairs = 5e6

    def prepare(self, con, path):
        con.execute(
            f"""create or replace table records as select Id as unique_id,
            trim(regexp_replace(lower({text('Site name')}), '[^a-z0-9]+', ' ', 'g')) as name,
            trim(regexp_replace(lower({text('Address')}), '[^a-z0-9]+', ' ', 'g')) as address,
            nullif(regexp_extract("Address", '[0-9]+'), '') as house, substr({text('Zip')}, 1, 5) as zip,
            nullif(right(regexp_replace(coalesce("Phone", ''), '[^0-9]', '', 'g'), 7), '') as phone
            from read_csv('{path}', all_varchar = true, header = true, quote = '"')"""
        )

    def comparisons(self):
        return [
            cl.JaroWinklerAtThresholds("name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("zip").configure(term_frequency_adjustments=True),
            cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        ]

    def blocking(self):
        return [block_on("name"), block_on("phone"), block_on("address"), block_on("substr(address, 1, 8)"), block_on("substr(name, 1, 8)")]

    def surely_same(self):
        return [block_on("phone", "address"), block_on("name", "address")]

    def training(self):
        return [block_on("phone"), block_on("address"), block_on("name")]


class ChicagoTuned(Chicago):
    def comparisons(self):
        name = cl.CustomComparison(
            output_column_name="name",
            comparison_levels=[
                cll.NullLevel("name"),
                cll.ExactMatchLevel("name").configure(tf_adjustment_column="name"),
                cll.JaroWinklerLevel("name", 0.92),
                cll.JaccardLevel("name", 0.85),
                cll.JaroWinklerLevel("name", 0.8),
                cll.ElseLevel(),
            ],
        )
        address = cl.CustomComparison(
            output_column_name="address",
            comparison_levels=[
                cll.NullLevel("address"),
                cll.ExactMatchLevel("address").configure(tf_adjustment_column="address"),
                cll.And(cll.ExactMatchLevel("house"), cll.JaroWinklerLevel("address", 0.85)),
                cll.ExactMatchLevel("house"),
                cll.ElseLevel(),
            ],
        )
        return [name, address, cl.ExactMatch("zip").configure(term_frequency_adjustments=True),
                cl.LevenshteinAtThresholds("phone", [1]).configure(term_frequency_adjustments=True)]

    def blocking(self):
        return [*super().blocking(), block_on("house"), block_on("zip", "substr(name, 1, 3)")]


TABLES = {
    "leads": {"documented": LeadsDocumented(), "tuned": LeadsTuned()},
    "fake_1000": {"documented": Fake(), "tuned": FakeTuned()},
    "febrl3": {"documented": Febrl(), "tuned": FebrlTuned()},
    "chicago": {"documented": Chicago(), "tuned": ChicagoTuned()},
}
