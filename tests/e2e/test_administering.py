"""An administrator makes, changes and erases accounts by the command line."""

from __future__ import annotations

import pytest
from tests.e2e.command_line import CommandLine
from tests.e2e.conftest import NewPerson
from tests.profiles import AnyLibrary

pytestmark = pytest.mark.timeout(180)


def test_an_account_from_its_making_to_its_end(new_person: NewPerson, library: AnyLibrary) -> None:
    chief = new_person("chief")
    chief.ok("admin", "users", "create", "Otto", "--quota-gb", "1", TINTYPE_PASSWORD="violet kettle argues 7")
    listed = {str(user["user_name"]): user for user in chief.rows("admin", "users")}
    assert listed["otto"]["quota_bytes"] == "1000000000"

    otto = CommandLine(library.address, library.home.parent / "otto")
    otto.ok("account", "sign-in", "otto", TINTYPE_PASSWORD="violet kettle argues 7")
    assert otto.run("admin", "users").code == 3
    chief.ok("admin", "users", "edit", "otto", "--role", "administrator")
    otto.ok("account", "sign-in", "otto", TINTYPE_PASSWORD="violet kettle argues 7")
    otto.ok("admin", "users")

    chief.ok("admin", "users", "edit", "otto", "--disable")
    assert otto.run("account", "show").code == 3
    assert chief.run("admin", "users", "edit", "otto").code == 2
    chief.ok("admin", "users", "edit", "otto", "--enable", "--role", "member")
    chief.ok("admin", "users", "reset-password", "otto", TINTYPE_PASSWORD="amber lantern sings 9")
    otto.ok("account", "sign-in", "otto", TINTYPE_PASSWORD="amber lantern sings 9")

    chief.ok("admin", "users", "erase", "otto", "--yes")
    assert "otto" not in {user["user_name"] for user in chief.rows("admin", "users")}
    assert chief.run("admin", "users", "erase", "otto", "--yes").code == 4
    assert chief.run("admin", "users", "erase", "chief", "--yes").code == 1  # the last administrator stays
