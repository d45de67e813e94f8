"""What someone on call does with the dashboard: sign in, look, flip, make, alter, delete."""

import pytest
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from conftest import ZONE

SHOP = f"414-262-781.{ZONE}"


def test_sign_in_and_sign_out(server, person):
    server.shop()
    person.signs_in(server)
    person.sees("Failover groups", "Shop", SHOP)
    person.clicks("Sign out")
    person.sees("Sign in to failoverd")
    person.driver.refresh()
    person.sees("Sign in to failoverd")


@pytest.mark.parametrize("token, words", [
    ("0" * 64, "not known here"),
    ("two words", "one word without spaces"),
    ("naïve", "one word without spaces"),
])
def test_wrong_token(server, person, token, words):
    person.opens(server)
    person.fills("Token", token)
    person.clicks("Sign in")
    person.waits(lambda: words in person.error_at("Token"))
    assert not person.run("return sessionStorage.length")


def test_revoked_token_ends_the_session(server, person):
    token = server.api("POST", "/v1/tokens", {"name": "passing", "role": "viewer"})
    person.signs_in(server, token["token"])
    server.api("DELETE", f"/v1/tokens/{token['id']}")
    person.sees("Sign in to failoverd")
    assert not person.run("return sessionStorage.length")


def test_create_a_group_and_attach_stacks(server, person):
    server.stack("shop-eu", "192.0.2.10")
    server.stack("shop-us", "198.51.100.20")
    server.group(label="other")
    person.signs_in(server)
    person.clicks("New failover group")
    person.sees_dialog("New failover group")
    person.fills("Name", "Shop")
    person.fills("Label", "414-262-781")
    person.clicks("Create group")
    person.sees_no_dialog()
    person.sees("Shop", SHOP, "the address is reserved")
    assert person.live_side() is None
    assert "Flip to" not in person.text()

    person.clicks("Attach a stack")
    person.sees_dialog("Edit Shop")
    person.fills("Primary", "shop-eu")
    person.fills("Backup", "shop-us")
    person.clicks("Save")
    person.sees_no_dialog()
    person.sees("192.0.2.10", "198.51.100.20", "Flip to backup")
    assert person.live_side() == "primary"
    group = server.api("GET", f"/v1/groups/{SHOP}")
    assert (group["primary"]["name"], group["backup"]["name"]) == ("shop-eu", "shop-us")


def test_mistakes_are_shown_next_to_their_fields(server, person):
    server.shop()
    person.signs_in(server)
    person.clicks("New failover group")
    person.fills("Primary", "no-such-stack")
    person.clicks("Create group")
    person.waits(lambda: "no-such-stack" in person.error_at("Primary"))
    assert person.focused() == person.field("Primary")
    person.fills("Primary", "")
    person.fills("Label", "414-262-781")
    person.clicks("Create group")
    person.waits(lambda: "choose another label" in person.error_at("Label"))
    assert person.focused() == person.field("Label")
    person.fills("TTL", "1")
    person.fills("Backup", "nowhere")
    person.clicks("Create group")
    person.waits(lambda: person.error_at("TTL"))
    assert person.focused() == person.field("Backup")
    person.presses(Keys.ESCAPE)
    person.sees_no_dialog()
    assert person.focused().text == "New failover group"


def test_what_someone_else_altered_is_loaded_anew(server, person):
    server.shop()
    server.stack("taken")
    person.signs_in(server, page=f"/#/groups/{SHOP}")
    person.clicks("Edit")
    person.fills("Name", "Mine")
    server.api("PATCH", f"/v1/groups/{SHOP}", {"name": "Theirs"})
    person.clicks("Save")
    person.sees("Someone else altered it meanwhile")
    person.clicks("Load it anew")
    person.sees_dialog("Edit Theirs")
    person.fills("Name", "Mine")
    person.clicks("Save")
    person.sees_no_dialog()
    assert server.api("GET", f"/v1/groups/{SHOP}")["name"] == "Mine"

    person.opens(server, "/#/stacks/shop-eu")
    person.clicks("Rename")
    person.fills("New name", "taken")
    person.clicks("Rename")
    person.waits(lambda: person.error_at("New name"))
    person.clicks("Cancel")
    person.clicks("Edit servers")
    server.stack("shop-eu", "192.0.2.77")
    person.fills("Addresses", "192.0.2.78")
    person.clicks("Save")
    person.clicks("Load it anew")
    person.waits(lambda: person.field("Addresses").get_attribute("value") == "192.0.2.77")


def test_the_address_is_copied(server, person):
    server.shop()
    person.signs_in(server)
    person.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite",
                                                                               "clipboardSanitizedWrite"]})
    person.clicks("Copy")
    person.sees("Copied")
    assert person.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])") == SHOP


def test_delete_is_refused_with_its_reason_then_done(server, person):
    server.shop()
    person.signs_in(server, page=f"/#/groups/{SHOP}")
    person.clicks("Delete")
    person.sees_dialog("Delete Shop?")
    person.clicks("Delete group")
    refusal = person.waits(lambda: person.scope().find_elements(By.CSS_SELECTOR, ".refusal:not([hidden])"))[0]
    person.waits(lambda: "stack" in refusal.text)
    person.clicks("Cancel")

    person.clicks("Edit")
    person.fills("Primary", "")
    person.clicks("Save")
    person.sees("Make backup live in the same step")
    person.fills("Backup", "")
    person.clicks("Save")
    person.sees_no_dialog()
    person.sees("the address is reserved")
    person.clicks("Delete")
    person.clicks("Delete group")
    person.sees_no_dialog()
    person.sees("No failover group yet")


def test_detach_the_live_side_in_one_step(server, person):
    server.shop()
    person.signs_in(server, page=f"/#/groups/{SHOP}")
    person.clicks("Edit")
    person.fills("Primary", "")
    person.clicks("Save")
    person.field("Make backup live in the same step").click()
    person.clicks("Save")
    person.sees_no_dialog()
    person.waits(lambda: person.live_side() == "backup")


def test_stacks_register_edit_rename_delete(server, person):
    person.signs_in(server, page="/#/stacks")
    person.sees("No stack is registered yet", "An administrator registers it first", "failoverctl stacks put")
    person.clicks("Register a stack")
    person.fills("Name", "shop-eu")
    person.fills("Addresses", "192.0.2.10, 2001:db8::10")
    person.clicks("Register stack")
    person.sees_no_dialog()
    person.sees("shop-eu", "web1", "web head", "192.0.2.10", "2001:db8::10", "In no group")

    person.clicks("Edit servers")
    assert person.button("Remove").accessible_name == "Remove web1"
    person.fills("Server", "web2")
    assert person.button("Remove").accessible_name == "Remove web2"
    person.fills("Server", "web1")
    person.fills("Addresses", "192.0.2.300")
    person.clicks("Save")
    person.waits(lambda: person.error_at("Addresses"))
    person.fills("Addresses", "192.0.2.11")
    person.clicks("Save")
    person.sees_no_dialog()
    person.sees("192.0.2.11")

    person.clicks("Rename")
    person.fills("New name", "shop-de")
    person.clicks("Rename")
    person.sees_no_dialog()
    person.waits(lambda: person.driver.find_element(By.TAG_NAME, "h1").text == "shop-de")

    server.group(label="shop", primary="shop-de")
    person.sees("online")
    person.clicks("Delete")
    person.clicks("Delete stack")
    person.sees(f"shop.{ZONE}")
    assert person.scope().tag_name == "dialog"
    server.api("PATCH", "/v1/groups/shop", {"primary": None})
    person.clicks("Delete stack")
    person.sees_no_dialog()
    person.sees("No stack is registered yet")


def test_a_stack_opened_by_its_name_outlives_a_rename(server, person):
    stack = server.stack("shop-eu", "192.0.2.10")
    person.signs_in(server, page="/#/stacks/shop-eu")
    heading = lambda: person.driver.find_element(By.TAG_NAME, "h1").text
    person.waits(lambda: person.driver.current_url.endswith(f"#/stacks/{stack['id']}"))
    server.api("PATCH", "/v1/stacks/shop-eu", {"name": "shop-de"})
    person.waits(lambda: heading() == "shop-de")
    person.driver.refresh()
    person.waits(lambda: heading() == "shop-de")


def test_activity_is_filtered(server, person):
    server.shop()
    server.group(name="Mail", label="mail")
    person.signs_in(server, page="/#/activity")
    person.sees("created the group Mail", "created the group Shop", "registered the stack shop-us")
    person.fills("Group", "mail")
    person.sees_no_more("created the group Shop", "registered the stack")
    person.sees("created the group Mail", "from 127.0.0.1")
    person.fills("Group", "mai")
    person.sees("No change of a group with exactly this address: pick one from the list.")
    offers = lambda label: person.run("return [...arguments[0].list.options].map((one) => one.value)", person.field(label))
    person.waits(lambda: offers("Group") == [f"mail.{ZONE}"])
    person.fills("Group", "shop")
    person.waits(lambda: offers("Group") == [SHOP])
    person.fills("Group", SHOP[:-3])
    person.waits(lambda: offers("Group") == [SHOP])
    person.fills("Group", "")
    person.fills("Stack", "shop-")
    person.sees("No change of a stack with exactly this name or id: pick one from the list.")
    person.waits(lambda: offers("Stack") == ["shop-eu", "shop-us"])
    person.fills("Stack", "shop-us")
    person.sees_no_more("created the group Mail", "registered the stack shop-eu")
    person.sees("registered the stack shop-us")


def test_activity_goes_back_page_by_page(server, person):
    server.shop()
    for n in range(70):
        server.api("PATCH", f"/v1/groups/{SHOP}", {"name": f"Shop {n}"})
    person.signs_in(server, page="/#/activity")
    entries = lambda: len(person.driver.find_elements(By.CSS_SELECTOR, "main .entry"))
    person.waits(lambda: entries() == 50)
    server.api("PATCH", f"/v1/groups/{SHOP}", {"name": "Newest"})
    person.sees("altered the group Newest")
    while person.driver.find_element(By.CSS_SELECTOR, ".more button").is_displayed():
        before = entries()
        person.clicks("Show older")
        person.waits(lambda: entries() > before)
    revisions = len(server.api("GET", "/v1/changes?limit=1000")["items"])
    assert entries() == revisions


def test_empty_installation_explains_its_first_steps(start_server, person):
    server = start_server(zone=False)
    person.signs_in(server)
    person.sees("No failover group yet", "Have a zone with a nameserver", "--zone", "Register a stack", "Create a failover group")
    assert server.token not in person.driver.page_source
    server.api("PUT", f"/v1/zones/{ZONE}", {"nameservers": [{"name": f"ns1.{ZONE}", "addresses": ["192.0.2.53"]}]})
    person.sees(f"Served here: {ZONE}")
    server.stack("shop-eu", "192.0.2.10")
    person.sees("Registered: shop-eu")
    person.clicks("Create the first group")
    person.fills("Name", "First")
    person.fills("Primary", "shop-eu")
    person.clicks("Create group")
    person.sees_no_dialog()
    person.sees("First", "192.0.2.10")


def test_search_among_ten_thousand_groups(server, person):
    lines = "\n".join(f'{{"group":{{"zone":"{ZONE}","label":"g{n:05}","name":"Customer {n:05}"}}}}' for n in range(10000))
    done = server.api("POST", "/v1/import", data=lines, headers={"Content-Type": "application/x-ndjson"})
    assert done["imported"] == 10000
    person.signs_in(server)
    person.sees("The first 50 groups; there are more")
    assert len(person.rows()) == 50
    person.searches("customer 07431")
    person.waits(lambda: [row.find_element(By.TAG_NAME, "h2").text for row in person.rows()] == ["Customer 07431"])
    person.driver.refresh()
    person.waits(lambda: len(person.rows()) == 1)
    person.searches("no such")
    person.sees("No group has “no such” in its label or name.")
    person.searches("g012")
    person.waits(lambda: len(person.rows()) == 50)
    person.clicks("Show more")
    person.waits(lambda: len(person.rows()) == 100)


@pytest.mark.parametrize("role, barred", [
    ("viewer", ["New failover group", "Flip to backup"]),
    ("operator", ["New failover group"]),
    ("admin", []),
])
def test_what_a_role_may_not_do_says_why(server, person, role, barred):
    server.shop()
    person.signs_in(server, server.role(role))
    for words in ("New failover group", "Flip to backup"):
        button = person.button(words)
        if words in barred:
            assert f"signed in as {role}" in button.get_attribute("title")
            button.click()
            person.sees(f"signed in as {role}")
            assert person.scope().tag_name == "body"
        else:
            assert button.get_attribute("aria-disabled") is None
    if role == "operator":
        person.flips("backup")


def test_a_stack_s_own_token_cannot_sign_in(server, person):
    server.stack("shop-eu", "192.0.2.10")
    token = server.api("POST", "/v1/tokens", {"name": "own", "role": "stack", "stack": "shop-eu"})["token"]
    person.opens(server)
    person.fills("Token", token)
    person.clicks("Sign in")
    person.sees("a stack’s own token")
