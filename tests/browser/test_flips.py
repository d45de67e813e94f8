"""Flips: by clicks, seen from elsewhere, to where nothing answers, and the time until all is clear."""

import time

from selenium.webdriver.common.by import By

from conftest import ZONE

SHOP = f"414-262-781.{ZONE}"


def test_flip_by_clicks(server, person):
    server.shop()
    person.signs_in(server)
    assert person.live_side() == "primary"
    person.clicks("Flip to backup")
    person.sees_dialog("Flip Shop to backup")
    person.sees("Answered now", "192.0.2.10", "Answered after", "198.51.100.20")
    person.fills("Reason", "eu lost power")
    person.clicks("Switch traffic")
    person.sees_dialog("Traffic switched to backup")
    person.sees("until no resolver that keeps to TTLs holds the old answer")
    person.clicks("Done")
    person.waits(lambda: person.live_side() == "backup")
    person.sees("until all clear")
    person.follows("Shop")
    person.sees("until no resolver", "eu lost power", "Flip to primary")
    assert server.api("GET", f"/v1/groups/{SHOP}")["live"] == "backup"
    person.driver.refresh()
    person.sees("until no resolver", "Flip to primary")
    assert person.live_side() == "backup"


def test_the_countdown_ends(server, person):
    """The page that shows it says all clear by itself, no sooner than a TTL after the flip."""
    server.stack("shop-eu", "192.0.2.10")
    server.stack("shop-us", "198.51.100.20")
    server.group(name="Shop", label="414-262-781", primary="shop-eu", backup="shop-us", ttl=5)
    person.signs_in(server, page=f"/#/groups/{SHOP}")
    start = time.monotonic()
    person.flips("backup")
    person.clicks("Done")
    person.sees("until no resolver")
    person.sees("All clear", "since")
    assert time.monotonic() - start >= 5
    person.sees_no_more("until no resolver")


def test_flip_to_a_stack_with_no_web_head_has_to_be_meant(server, person):
    server.stack("shop-eu", "192.0.2.10")
    server.api("PUT", "/v1/stacks/shop-us", {"servers": [{"name": "lb1", "role": "load_balancer"}]})
    server.group(name="Shop", primary="shop-eu", backup="shop-us")
    person.signs_in(server)
    person.sees("No web head")
    person.follows("Shop")
    person.sees("No web head", "shop-us has no web head: after a flip to backup this address answers with no data")
    person.clicks("Flip to backup")
    person.sees("shop-us has no web head")
    person.clicks("Switch traffic")
    person.waits(lambda: person.scope().find_elements(By.CSS_SELECTOR, ".refusal:not([hidden])"))
    person.field("Switch anyway").click()
    person.clicks("Switch traffic")
    person.sees_dialog("Traffic switched to backup")


def test_which_powerdns_servers_were_flushed_is_shown(start_server, person, powerdns_api, tmp_path):
    key = tmp_path / "api.key"
    key.write_text("secret\n")
    gone = "http://127.0.0.1:1"
    server = start_server(flags=["--powerdns-api", powerdns_api, "--powerdns-api", gone, "--powerdns-api-key-file", str(key)])
    server.shop()
    person.signs_in(server)
    person.flips("backup")
    person.sees(f"{powerdns_api} flushed", f"{gone} not flushed")
    person.photograph("flushed")


def test_a_flip_made_elsewhere_arrives(server, person):
    server.shop()
    person.signs_in(server)
    person.waits(lambda: person.live_side() == "primary")
    server.api("POST", f"/v1/groups/{SHOP}/flip", {"reason": "from elsewhere"})
    person.waits(lambda: person.live_side() == "backup")
    person.sees("until all clear")
    person.follows("Shop")
    person.sees("until no resolver that keeps to TTLs holds the old answer")
    person.follows("Activity")
    person.sees("flipped Shop from primary to backup", "from elsewhere")
    server.api("POST", f"/v1/groups/{SHOP}/flip", {"to": "primary", "reason": "and back"})
    person.sees("flipped Shop from backup to primary", "and back")
