"""`manage.py account create|list|remove-role|rekey`: people and roles, for operators and scripts.

`create` prints a sign-in link, so that the first administrator needs no text message.
"""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from communes.forms import clean_name
from communes.identity import links, phone
from communes.identity.contact import Contact, contact_of
from communes.models import Commune, Person, Role, RoleName
from communes.permissions import LastAdministrator, grant, revoke

#: Not stored: whoever is signed in is a citizen.
CITIZEN = "citizen"


class Command(BaseCommand):
    help = "Create accounts with a sign-in link, list roles, take them away, change keys."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)

        create = actions.add_parser(
            "create", help="make or find a person, give a role, print a sign-in link"
        )
        create.add_argument("--commune", required=True, metavar="SLUG")
        create.add_argument("--role", required=True, choices=[CITIZEN, *RoleName.values])
        create.add_argument("--name", default="", help="the name shown")

        listing = actions.add_parser("list", help="list the roles given")
        listing.add_argument("--commune", metavar="SLUG", default="")

        remove = actions.add_parser("remove-role", help="take a role away")
        remove.add_argument("--commune", required=True, metavar="SLUG")
        remove.add_argument("--role", required=True, choices=RoleName.values)

        for action in (create, remove):
            contact = action.add_mutually_exclusive_group(required=action is remove)
            contact.add_argument("--phone", default="")
            contact.add_argument("--email", default="")
            if action is remove:
                contact.add_argument("--id", default="", help="as printed by `list`")

        rekey = actions.add_parser(
            "rekey", help="rewrite numbers with the first keys of PHONE_HASH_KEY, PHONE_CIPHER_KEY"
        )
        for action in (create, listing, remove, rekey):
            action.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, action: str, as_json: bool, **options: Any) -> None:
        try:
            handler = getattr(self, f"_{action.replace('-', '_')}")
            result, text = handler(options)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(json.dumps(result, ensure_ascii=False) if as_json else text)

    def _commune(self, slug: str) -> Commune:
        try:
            return Commune.objects.get(slug=slug)
        except Commune.DoesNotExist:
            known = ", ".join(Commune.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"no commune {slug!r}; there are: {known}") from None

    @staticmethod
    def _contact(options: dict[str, Any]) -> Contact | None:
        if options["phone"]:
            return Contact.phone(options["phone"])
        return Contact.email(options["email"]) if options["email"] else None

    def _create(self, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        commune = self._commune(options["commune"])
        contact = self._contact(options)
        name = clean_name(options["name"])
        if len(name) > 60:
            raise CommandError("--name has more than 60 characters")
        with transaction.atomic():
            person = contact.person() if contact else None
            created = person is None
            if person is None:
                person = Person(display_name=name)
                person.set_unusable_password()
                if contact:
                    contact.attach(person)
            elif name:
                person.display_name = name
            person.save()
            if options["role"] != CITIZEN:
                grant(person, commune, options["role"])
            address, link = links.make(person)
        result = {
            "id": person.public_id,
            "created": created,
            "name": person.display_name,
            "contact": contact.masked if contact else None,
            "commune": commune.slug,
            "role": options["role"],
            "link": address,
            "expires_at": link.expires_at.isoformat(timespec="seconds"),
        }
        text = (
            f"{person} · {options['role']} · {commune}\n"
            f"Sign in, once, until {link.expires_at:%Y-%m-%d %H:%M} UTC:\n{address}"
        )
        return result, text

    def _list(self, options: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
        roles = Role.objects.select_related("person", "commune").order_by("commune__slug", "name")
        if options["commune"]:
            roles = roles.filter(commune=self._commune(options["commune"]))
        rows = []
        for role in roles:
            contact = contact_of(role.person)
            rows.append(
                {
                    "id": role.person.public_id,
                    "name": role.person.display_name,
                    "contact": contact.masked if contact else None,
                    "commune": role.commune.slug,
                    "role": role.name,
                }
            )
        lines = ("\t".join(str(value or "-") for value in row.values()) for row in rows)
        return rows, "\n".join(lines)

    def _remove_role(self, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        commune = self._commune(options["commune"])
        contact = self._contact(options)
        person = (
            contact.person() if contact else Person.objects.filter(public_id=options["id"]).first()
        )
        if person is None:
            raise CommandError("nobody has this number, address or id")
        try:
            removed = revoke(person, commune, options["role"])
        except LastAdministrator:
            raise CommandError(
                f"{person} is the only administrator of {commune}; give the role to another first"
            ) from None
        if not removed:
            raise CommandError(f"{person} is not {options['role']} in {commune}")
        result = {"id": person.public_id, "commune": commune.slug, "role": options["role"]}
        return result, f"{person} is no longer {options['role']} in {commune}"

    def _rekey(self, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
        people = Person.objects.exclude(phone_cipher="").order_by("pk")
        rewritten = 0
        for person in people.iterator(chunk_size=500):
            try:
                number = phone.decrypt(person.phone_cipher)
            except ValueError as error:
                raise CommandError(f"person {person.public_id}: {error}") from None
            Contact("phone", number).attach(person)
            person.save(update_fields=["phone_hash", "phone_cipher"])
            rewritten += 1
        return {"rewritten": rewritten}, f"{rewritten} numbers are under the first keys"
