#!/usr/bin/env python3
"""Lists of leads, accounts and persons with their truth, by another generator than `kinfold synth`.

Names, firms, phones and addresses come from Faker's locales, errors and hard cases from here: families on one line, a
father and a son of one name, namesakes, twins, colleagues, chains of branches, neighbours, a holding and its daughter.
kinfold's own generator and its tables know nothing of these, so that what it gains here it gains on data it was not
made for.

    python3 lists.py KIND NAME --locales pt_BR,es_ES --entities 6000 --errors 2 --seed 1

writes NAME.csv and NAME.truth.csv (columns `id`, `cluster`). The same arguments give the same bytes.
"""

import argparse
import csv
import os
import random
import re
import sys
import unicodedata
import uuid

from faker import Faker

# What people write as the country, and the domain that its firms use.
COUNTRIES = {
    "cs_CZ": ("Czech Republic", "cz"), "da_DK": ("Danmark", "dk"), "de_DE": ("Germany", "de"),
    "el_GR": ("Greece", "gr"), "en_GB": ("United Kingdom", "co.uk"), "en_IN": ("India", "in"),
    "en_NG": ("Nigeria", "com.ng"), "en_US": ("USA", "com"), "es_ES": ("España", "es"),
    "es_MX": ("México", "com.mx"), "fi_FI": ("Finland", "fi"), "fr_FR": ("France", "fr"),
    "hu_HU": ("Hungary", "hu"), "id_ID": ("Indonesia", "co.id"), "it_IT": ("Italia", "it"),
    "ja_JP": ("Japan", "co.jp"), "ko_KR": ("Korea", "co.kr"), "nl_NL": ("Nederland", "nl"),
    "pl_PL": ("Polska", "pl"), "pt_BR": ("Brasil", "com.br"), "ro_RO": ("Romania", "ro"),
    "ru_RU": ("Russia", "ru"), "sv_SE": ("Sverige", "se"), "tr_TR": ("Türkiye", "com.tr"),
    "vi_VN": ("Vietnam", "vn"), "zh_CN": ("China", "cn"),
}
PROVIDERS = ["gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "icloud.com"]
TWO_SURNAMES = {"pt_BR", "es_ES", "es_MX"}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LEGAL_FORM = re.compile(
    r"\b(ltda|s\.?a\.?|s\.?l\.?u?|gmbh|ag|kg|inc|ltd|llc|plc|a\.?b\.?|oyj?|aps|a/s|[bn]\.?v\.?|kft|zrt|bt"
    r"|s\.?r\.?l\.?|s\.?p\.?a\.?|sp\.? ?z ?o\.?o\.?|sp\.k\.|s\.r\.o\.|a\.s\.|tbk)\.?$",
    re.IGNORECASE,
)


def latin(text):
    """Text without accents, as people type it who lack the keys."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return bare.translate(str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i"}))


def slug(text):
    return re.sub(r"[^a-z0-9]+", "", latin(text).lower())


class Draw:
    """Random choices and Faker's locales, all from one seed."""

    def __init__(self, locales, seed):
        self.random = random.Random(seed)
        self.locales = locales
        self.fakers = {locale: Faker(locale) for locale in locales}
        for at, faker in enumerate(self.fakers.values()):
            faker.seed_instance(seed * 31 + at)
        self.mailboxes = set()

    def chance(self, probability):
        return self.random.random() < probability

    def one(self, items):
        return self.random.choice(items)

    def weighted(self, weights):
        return self.random.choices(list(weights), list(weights.values()))[0]

    def typo(self, text):
        """One letter left out, put in, changed or swapped; seldom the first."""
        if len(text) < 3:
            return text
        at = self.random.randrange(1, len(text)) if self.chance(0.85) else 0
        kind = self.random.randrange(4)
        if kind == 0:
            return text[:at] + text[at + 1 :]
        if kind == 1:
            return text[:at] + self.one(LETTERS) + text[at:]
        if kind == 2:
            return text[:at] + self.one(LETTERS) + text[at + 1 :]
        at = min(at, len(text) - 2)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    def wrong_digit(self, text):
        places = [at for at, c in enumerate(text) if c.isdigit()]
        if len(places) < 6:
            return text
        at = self.one(places[3:])
        return text[:at] + str(self.random.randrange(10)) + text[at + 1 :]

    def address(self, locale):
        faker = self.fakers[locale]
        return {
            "street": faker.street_address().replace("\n", " "),
            "city": faker.city(),
            "postcode": faker.postcode(),
        }

    def firm(self, locale):
        name = self.fakers[locale].company()
        words = [slug(word) for word in re.split(r"[\s,\-]+", name) if len(slug(word)) > 2]
        label = self.one(["-", ""]).join(words[:2]) or f"firm{self.random.randrange(9999)}"
        suffix = self.one([COUNTRIES[locale][1], COUNTRIES[locale][1], "com"])
        return {
            "locale": locale, "name": name, "domain": f"{label}.{suffix}",
            "phone": self.fakers[locale].phone_number(), "pattern": self.random.randrange(4),
            **self.address(locale),
        }

    def local_part(self, given, surname, pattern):
        given, surname = slug(given), slug(surname)
        if not given or not surname:
            given, surname = "user", str(self.random.randrange(10_000_000))
        return [f"{given}.{surname}", given[0] + surname, given, f"{surname}.{given}"][pattern]

    def mailbox(self, firm, given, surname):
        """An address of its own: a firm numbers its namesakes."""
        local = self.local_part(given, surname, firm["pattern"])
        for further in ["", *range(2, 100)]:
            address = f"{local}{further}@{firm['domain']}"
            if address not in self.mailboxes:
                self.mailboxes.add(address)
                return address
        raise RuntimeError("a hundred namesakes at one firm")

    def person(self, locale, firm=None):
        faker = self.fakers[locale]
        man = self.chance(0.5)
        given = faker.first_name_male() if man else faker.first_name_female()
        surname = faker.last_name_male() if man else faker.last_name_female()
        if locale in TWO_SURNAMES and self.chance(0.6):
            surname += " " + faker.last_name()
        local = self.local_part(given, surname, self.random.randrange(4))
        return {
            "locale": locale, "man": man, "given": given, "surname": surname, "firm": firm,
            "private": f"{local}{self.random.randrange(1000)}@{self.one(PROVIDERS)}",
            "work": self.mailbox(firm, given, surname) if firm else "",
            "mobile": faker.phone_number(), "direct": faker.phone_number() if self.chance(0.3) else "",
            "home": "", "job": faker.job() if self.chance(0.6) else "",
            "born": f"{self.random.randrange(1935, 2008)}-{self.random.randrange(1, 13):02}-{self.random.randrange(1, 29):02}",
            "national_id": "".join(self.one("0123456789") for _ in range(9)),
            **self.address(locale),
        }

    def home_line(self, locale):
        return re.sub(r"x.*", "", self.fakers[locale].phone_number())

    def family(self, locale, shares_mailbox, shares_mobile=0.0):
        """Members of one household; the first is the one whose line, house and mostly surname the others share."""
        first = self.person(locale)
        first["home"] = self.home_line(locale)
        members = [first]
        for _ in range(self.one([1, 1, 2, 3])):
            other = self.person(locale)
            if self.chance(0.9):
                other["surname"] = first["surname"]
            for field in ("home", "street", "city", "postcode"):
                other[field] = first[field]
            if self.chance(shares_mailbox):
                other["private"] = first["private"]
            if self.chance(shares_mobile):
                other["mobile"] = first["mobile"]
            members.append(other)
        return members

    def stamp(self, record, key, at):
        """An id of its own, active, entered some time in 2025."""
        record[key] = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        record["statecode"] = "0"
        record["createdon"] = f"2025-{at % 12 + 1:02}-{at % 28 + 1:02}T10:00:00Z"
        return record[key]

    def copies(self, more):
        """Records of one entity: mostly one."""
        return self.weighted(more) if self.chance(0.3) else 1

    def n_errors(self, mean):
        return max(0, int(self.random.gauss(mean, 1) + 0.5))


class Leads:
    columns = [
        "leadid", "fullname", "firstname", "lastname", "companyname", "jobtitle", "emailaddress1", "telephone1",
        "mobilephone", "address1_line1", "address1_city", "address1_postalcode", "address1_country", "statecode",
        "createdon",
    ]
    more = {2: 7, 3: 2, 4: 1, 6: 0.3}

    def __init__(self, draw, n_entities):
        self.draw = draw
        n_firms = max(3, n_entities // len(draw.locales) // 5)
        self.firms = {locale: [draw.firm(locale) for _ in range(n_firms)] for locale in draw.locales}

    def entities(self, n):
        draw, people = self.draw, []
        while len(people) < n:
            locale = draw.one(draw.locales)
            kind = draw.random.random()
            if kind < 0.03:
                people += self.household(locale)
            elif kind < 0.06 and people:
                people += self.namesake(draw.one(people))
            else:
                firms = self.firms[locale]
                # A few firms have many people.
                at = min(int(draw.random.expovariate(1) * len(firms) / 3), len(firms) - 1)
                people.append(draw.person(locale, firms[at] if draw.chance(0.75) else None))
        return people

    def household(self, locale):
        members = self.draw.family(locale, shares_mailbox=0.15)
        if self.draw.chance(0.3):
            son = self.draw.person(locale)
            father = members[0]
            for field in ("home", "street", "city", "postcode", "given"):
                son[field] = father[field]
            son["surname"] = father["surname"] + self.draw.one([" Jr", " Junior", " II"])
            members.append(son)
        return members

    def namesake(self, person):
        other = self.draw.person(person["locale"], self.draw.one(self.firms[person["locale"]]))
        other["given"], other["surname"] = person["given"], person["surname"]
        if other["firm"] is person["firm"]:
            return []
        other["work"] = self.draw.mailbox(other["firm"], other["given"], other["surname"])
        return [other]

    def record(self, person):
        draw, firm = self.draw, person["firm"]
        place = firm or person
        record = {
            "firstname": person["given"], "lastname": person["surname"], "companyname": firm["name"] if firm else "",
            "emailaddress1": person["work"] if firm and not draw.chance(0.15) else person["private"],
            "telephone1": person["direct"] or (firm["phone"] if draw.chance(0.6) else "") if firm else person["home"],
            "mobilephone": person["mobile"] if draw.chance(0.5) else "",
            "address1_line1": place["street"], "address1_city": place["city"], "address1_postalcode": place["postcode"],
            "address1_country": COUNTRIES[person["locale"]][0] if draw.chance(0.8) else "", "jobtitle": person["job"],
        }
        if draw.chance(0.15):
            record["emailaddress1"] = ""
        if draw.chance(0.3):
            record["address1_line1"] = record["address1_postalcode"] = ""
        return record

    def err(self, record, person):
        weights = {"name": 3, "company": 3, "email": 2.5, "phone": 2.5, "address": 2, "blank": 2, "move": 0.35}
        getattr(self, self.draw.weighted(weights))(record, person)

    def name(self, record, person):
        draw, given, surname = self.draw, record["firstname"], record["lastname"]
        words = surname.split()
        if len(words) > 1:
            shorter = (given, draw.one([words[0], words[-1], f"{words[0]} {words[-1][0]}."]))
        else:
            shorter = (f"{given} {draw.one('ABCDEFGHJKLMPRST')}.", surname)
        record["firstname"], record["lastname"] = draw.one([
            (given, draw.typo(surname)), (draw.typo(given), surname), (given[:1] + draw.one(["", "."]), surname),
            (latin(given), latin(surname)), (surname, given), (given.upper(), surname.upper()),
            (given.lower(), surname.lower()), shorter, ("", draw.one([f"{surname}, {given}", f"{given} {surname}"])),
        ])

    def company(self, record, person):
        draw, name, firm = self.draw, record["companyname"], person["firm"]
        if not firm or not name:
            return
        first = name.split()[0].strip(",")
        behind = [f" - {firm['city']}", f" ({COUNTRIES[firm['locale']][0]})", " Group", " HQ"]
        record["companyname"] = draw.one([
            LEGAL_FORM.sub("", name).strip(" ,") or name, draw.typo(name), name.upper(), "", latin(name),
            first if len(first) > 4 else name, name + draw.one(behind),
        ])

    def email(self, record, person):
        draw, email, firm = self.draw, record["emailaddress1"], person["firm"]
        choices = ["", person["private"], email.upper()]
        if firm:
            local = draw.local_part(person["given"], person["surname"], draw.random.randrange(4))
            choices += [f"{local}@{firm['domain']}", draw.one([email, f"info@{firm['domain']}"])]
        if "@" in email:
            local, domain = email.split("@")
            choices.append(f"{draw.typo(local)}@{domain}")
        record["emailaddress1"] = draw.one(choices)

    def phone(self, record, person):
        draw, field = self.draw, self.draw.one(["telephone1", "mobilephone"])
        kind = draw.random.randrange(6)
        if kind == 0:
            record[field] = ""
        elif kind == 1:
            record["telephone1"], record["mobilephone"] = record["mobilephone"], record["telephone1"]
        elif kind == 2:
            record["mobilephone"] = person["mobile"]
        elif kind == 3:
            record[field] = draw.wrong_digit(record[field])
        else:
            between = "" if kind == 4 else draw.one([" ", ".", "-"])
            record[field] = re.sub(r"[^\dx+]", between, record[field])

    def address(self, record, person):
        kind = self.draw.random.randrange(5)
        if kind == 0:
            record["address1_line1"] = self.draw.typo(record["address1_line1"])
        elif kind == 1:
            record["address1_line1"] = record["address1_city"] = record["address1_postalcode"] = ""
        elif kind == 2:
            record["address1_city"] = latin(record["address1_city"]).upper()
        elif kind == 3:
            record["address1_line1"], record["address1_city"] = person["street"], person["city"]
            record["address1_postalcode"] = person["postcode"]
        else:
            record["address1_country"] = ""

    def blank(self, record, person):
        record[self.draw.one([
            "jobtitle", "telephone1", "mobilephone", "address1_line1", "address1_city", "address1_postalcode",
            "emailaddress1",
        ])] = ""

    def move(self, record, person):
        """Another firm: everything new but the mobile."""
        if not person["firm"]:
            return
        draw, firm = self.draw, self.draw.one(self.firms[person["locale"]])
        local = draw.local_part(person["given"], person["surname"], firm["pattern"])
        record.update({
            "companyname": firm["name"], "emailaddress1": f"{local}@{firm['domain']}", "telephone1": firm["phone"],
            "mobilephone": person["mobile"], "address1_line1": firm["street"], "address1_city": firm["city"],
            "address1_postalcode": firm["postcode"], "jobtitle": "",
        })

    def finish(self, record, at):
        record["fullname"] = f"{record['firstname']} {record['lastname']}".strip()
        return self.draw.stamp(record, "leadid", at)


class Accounts:
    columns = [
        "accountid", "name", "telephone1", "emailaddress1", "websiteurl", "address1_line1", "address1_city",
        "address1_postalcode", "address1_country", "statecode", "createdon",
    ]
    more = {2: 7, 3: 2, 5: 0.6}

    def __init__(self, draw, n_entities):
        self.draw = draw

    def account(self, locale):
        firm = self.draw.firm(locale)
        firm["mailbox"] = self.draw.one(["info@", "office@", "contact@", "sales@", "mail@"]) + firm["domain"]
        firm["second"] = self.draw.fakers[locale].phone_number()
        return firm

    def entities(self, n):
        draw, firms = self.draw, []
        while len(firms) < n:
            locale = draw.one(draw.locales)
            firm = self.account(locale)
            firms.append(firm)
            kind = draw.random.random()
            if kind < 0.06:
                firms += [self.branch(firm) for _ in range(draw.one([1, 2, 4]))]
            elif kind < 0.09:
                firms += [self.beside(firm) for _ in range(draw.one([1, 3]))]
            elif kind < 0.11:
                daughter = self.beside(firm)
                trade = draw.one(["Holding", "Immobilien", "Logistics", "Trading", "Real Estate", "Consulting"])
                daughter["name"] = firm["name"].split()[0].strip(",") + " " + trade
                daughter["phone"] = firm["phone"]
                firms.append(daughter)
        return firms

    def branch(self, firm):
        """A branch in another town, under the same name and domain."""
        draw, other = self.draw, self.account(firm["locale"])
        other["name"] = firm["name"] + draw.one(["", " " + other["city"], " - " + other["city"]])
        other["domain"] = firm["domain"]
        other["mailbox"] = firm["mailbox"] if draw.chance(0.3) else other["mailbox"].split("@")[0] + "@" + firm["domain"]
        if draw.chance(0.2):
            other["phone"] = firm["phone"]
        return other

    def beside(self, firm):
        """Another firm in the same house."""
        other = self.account(firm["locale"])
        for field in ("street", "city", "postcode"):
            other[field] = firm[field]
        return other

    def site(self, firm):
        return self.draw.one(["www.", "https://www.", "http://", "https://", ""]) + firm["domain"] + self.draw.one(["", "/", "/en"])

    def record(self, firm):
        draw = self.draw
        return {
            "name": firm["name"], "telephone1": firm["phone"],
            "emailaddress1": firm["mailbox"] if draw.chance(0.6) else "",
            "websiteurl": self.site(firm) if draw.chance(0.6) else "", "address1_line1": firm["street"],
            "address1_city": firm["city"], "address1_postalcode": firm["postcode"],
            "address1_country": COUNTRIES[firm["locale"]][0],
        }

    def err(self, record, firm):
        weights = {"name": 4, "email": 1.5, "web": 1.5, "phone": 2.5, "address": 2.5, "blank": 2}
        getattr(self, self.draw.weighted(weights))(record, firm)

    def name(self, record, firm):
        draw, name = self.draw, record["name"]
        words = name.split()
        short = [w[:4] + "." if len(w) > 7 and draw.chance(0.5) else w for w in words]
        behind = [f" - {firm['city']}", f" ({COUNTRIES[firm['locale']][0]})", " Group", f", {firm['city']}"]
        record["name"] = draw.one([
            LEGAL_FORM.sub("", name).strip(" ,") or name, draw.typo(name), draw.typo(name), name.upper(), latin(name),
            words[0].strip(",") if len(words[0]) > 5 else name, name + draw.one(behind), " ".join(short),
            draw.one(["The " + name, re.sub(r"\b(and|y|e|et|und|i)\b", "&", name)]),
        ])

    def email(self, record, firm):
        other = self.draw.one(["info@", "hello@", "accounts@"]) + firm["domain"]
        record["emailaddress1"] = self.draw.one(["", other, self.draw.typo(record["emailaddress1"])])

    def web(self, record, firm):
        record["websiteurl"] = self.draw.one(["", self.site(firm), firm["domain"].upper()])

    def phone(self, record, firm):
        phone = record["telephone1"]
        record["telephone1"] = self.draw.one([
            "", firm["second"], self.draw.wrong_digit(phone), re.sub(r"[^\d+]", "", phone), re.sub(r"[^\dx+]", ".", phone),
        ])

    def address(self, record, firm):
        draw, kind = self.draw, self.draw.random.randrange(5)
        if kind == 0:
            record["address1_line1"] = draw.typo(record["address1_line1"])
        elif kind == 1:
            record["address1_line1"] = ""
        elif kind == 2:
            record["address1_city"] = latin(record["address1_city"]).upper()
        elif kind == 3:
            record["address1_postalcode"] = draw.one(["", draw.wrong_digit(record["address1_postalcode"])])
        else:
            record["address1_line1"] = draw.one([f"PO Box {draw.random.randrange(999)}", record["address1_line1"] + ", 2"])

    def blank(self, record, firm):
        record[self.draw.one(["telephone1", "emailaddress1", "websiteurl", "address1_postalcode", "address1_city"])] = ""

    def finish(self, record, at):
        return self.draw.stamp(record, "accountid", at)


class Persons:
    """Patients or donors: dates of birth, national ids, many families."""

    columns = ["ref", "firstname", "lastname", "birthdate", "street", "city", "postcode", "phone", "email", "national_id"]
    more = {2: 7, 3: 2, 4: 1, 6: 0.3}

    def __init__(self, draw, n_entities):
        self.draw = draw

    def entities(self, n):
        draw, people = self.draw, []
        while len(people) < n:
            locale = draw.one(draw.locales)
            if not draw.chance(0.35):
                people.append(draw.person(locale))
                continue
            members = draw.family(locale, shares_mailbox=0.1, shares_mobile=0.1)
            for other in members[1:]:
                kind = draw.random.random()
                if kind < 0.03:
                    other["born"] = members[0]["born"]  # twins
                elif kind < 0.07:
                    other["given"] = members[0]["given"]  # a father and a son
            people += members
        return people

    def record(self, person):
        draw = self.draw
        return {
            "firstname": person["given"], "lastname": person["surname"], "birthdate": person["born"],
            "street": person["street"], "city": person["city"], "postcode": person["postcode"],
            "phone": draw.one([person["home"], person["mobile"], person["mobile"], ""]),
            "email": person["private"] if draw.chance(0.4) else "",
            "national_id": person["national_id"] if draw.chance(0.5) else "",
        }

    def err(self, record, person):
        weights = {"first": 3, "last": 3, "born": 2, "address": 3, "phone": 1, "email": 1, "id": 1, "swap": 0.6, "move": 1.5}
        getattr(self, self.draw.weighted(weights))(record, person)

    def first(self, record, person):
        draw, name = self.draw, record["firstname"]
        parts = re.split(r"[ -]", name)
        record["firstname"] = draw.one([draw.typo(name), name[:1], latin(name).upper(), f"{name} {draw.one('ABCDEFJKLM')}", parts[0]])

    def last(self, record, person):
        draw, name = self.draw, record["lastname"]
        married = draw.fakers[person["locale"]].last_name() if not person["man"] and draw.chance(0.5) else draw.typo(name)
        record["lastname"] = draw.one([draw.typo(name), latin(name).upper(), name.split()[0] if name else name, married])

    def born(self, record, person):
        draw = self.draw
        if not record["birthdate"]:
            return
        year, month, day = record["birthdate"].split("-")
        swapped = f"{year}-{day}-{month}" if int(day) <= 12 else record["birthdate"]
        record["birthdate"] = draw.one([
            "", swapped, f"{year}-{month}-{draw.random.randrange(1, 29):02}", f"{int(year) + draw.one([-10, 10, 1, -1])}-{month}-{day}",
        ])

    def address(self, record, person):
        draw, kind = self.draw, self.draw.random.randrange(4)
        if kind == 0:
            record["street"] = draw.typo(record["street"])
        elif kind == 1:
            record["street"] = ""
        elif kind == 2:
            record["city"] = latin(record["city"]).upper()
        else:
            record["postcode"] = draw.wrong_digit(record["postcode"])

    def move(self, record, person):
        record.update(self.draw.address(person["locale"]))

    def phone(self, record, person):
        record["phone"] = self.draw.one(["", self.draw.wrong_digit(record["phone"]), person["mobile"], person["home"]])

    def email(self, record, person):
        record["email"] = self.draw.one(["", person["private"], self.draw.typo(person["private"])])

    def id(self, record, person):
        record["national_id"] = self.draw.one(["", self.draw.wrong_digit(record["national_id"]), person["national_id"]])

    def swap(self, record, person):
        record["firstname"], record["lastname"] = record["lastname"], record["firstname"]

    def finish(self, record, at):
        record["ref"] = f"P{at}"
        return record["ref"]


KINDS = {"leads": Leads, "accounts": Accounts, "persons": Persons}


def main():
    # Faker's companies of France come from a set, whose order is drawn anew in each process unless this is set.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("name", help="files to write: NAME.csv, NAME.truth.csv")
    parser.add_argument("--locales", required=True, type=lambda text: text.split(","), help=", ".join(COUNTRIES))
    parser.add_argument("--entities", type=int, default=4000)
    parser.add_argument("--errors", type=float, default=2, help="mean number of errors in a copy")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    draw = Draw(options.locales, options.seed)
    kind = KINDS[options.kind](draw, options.entities)
    rows = []
    for cluster, entity in enumerate(kind.entities(options.entities)):
        for copy in range(draw.copies(kind.more)):
            record = kind.record(entity)
            if copy:
                for _ in range(draw.n_errors(options.errors)):
                    kind.err(record, entity)
            rows.append((record, cluster))
    draw.random.shuffle(rows)
    with open(f"{options.name}.csv", "w", newline="", encoding="utf-8") as records, \
         open(f"{options.name}.truth.csv", "w", newline="", encoding="utf-8") as truth:
        table, clusters = csv.writer(records), csv.writer(truth)
        table.writerow(kind.columns)
        clusters.writerow(["id", "cluster"])
        for at, (record, cluster) in enumerate(rows):
            clusters.writerow([kind.finish(record, at), cluster])
            table.writerow([record[column] for column in kind.columns])


if __name__ == "__main__":
    main()
