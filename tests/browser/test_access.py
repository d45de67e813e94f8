"""Who can use the dashboard, and under what circumstances: keyboard, phone, contrast, a lost connection, an attacker."""

import functools
import http.server
import signal

import pytest
import requests
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By

from conftest import ZONE, faults, serve
from contrast import too_faint

SHOP = f"414-262-781.{ZONE}"
SCRIPTS = ["<script>window.owned = 1</script>", "<img src=x onerror='window.owned = 1'>",
           "\"><svg onload=window.owned=1>", "javascript:window.owned=1", "{{constructor.constructor('window.owned=1')()}}"]


def each_page(person):
    """Walks every page and dialog of an installation with the Shop, signed in; gives each one's name."""
    def goes(page):
        person.run("location.hash = arguments[0]", page)

    person.sees("Shop", "Web head: web1")
    yield "groups"
    person.clicks("New failover group")
    person.sees_dialog("New failover group")
    person.fills("Primary", "nowhere")
    person.clicks("Create group")
    person.waits(lambda: person.error_at("Primary"))
    yield "create"
    person.clicks("Cancel")
    goes(f"#/groups/{SHOP}")
    person.sees("Answered now", "All of its activity")
    yield "group"
    person.clicks("Flip to backup")
    person.sees("Answered after")
    yield "flip"
    person.clicks("Switch traffic")
    person.sees_dialog("Traffic switched to backup")
    yield "flipped"
    person.clicks("Done")
    person.sees("until no resolver")
    yield "settling"
    person.clicks("Edit")
    person.fills("TTL", "1")
    person.clicks("Save")
    person.waits(lambda: person.error_at("TTL"))
    yield "edit-refused"
    person.clicks("Cancel")
    person.clicks("Delete")
    person.clicks("Delete group")
    person.waits(lambda: person.scope().find_elements(By.CSS_SELECTOR, ".refusal:not([hidden])"))
    yield "delete-refused"
    person.clicks("Cancel")
    goes("#/stacks")
    person.sees("shop-us")
    yield "stacks"
    goes("#/stacks/shop-us")
    person.sees("All of its activity")
    yield "stack"
    person.clicks("Edit servers")
    person.sees_dialog("Servers of shop-us")
    yield "servers"
    person.clicks("Cancel")
    goes("#/activity")
    person.sees("flipped Shop")
    person.driver.find_element(By.TAG_NAME, "summary").click()
    yield "activity"


@pytest.mark.parametrize("screen", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_can_be_read(start_server, person, screen, scheme):
    server = start_server()
    server.shop()
    server.stack("empty")
    server.group(name="Reserved " + "long-" * 30)
    server.group(name="One-sided", primary="empty")
    person.likes(scheme)
    person.on_phone() if screen == "phone" else person.at_desktop()
    person.opens(server)
    person.fills("Token", server.token)
    assert not too_faint(person.driver)
    person.clicks("Sign in")
    for name in each_page(person):
        person.photograph(name)
        assert not too_faint(person.driver), name
        assert person.overflow() <= 0, name
        assert screen == "desktop" or not person.too_small(), name
        assert "admin" in person.driver.find_element(By.ID, "who").text, name
    server.stop()
    person.sees("The connection to failoverd is lost.")
    person.photograph("lost")
    assert not too_faint(person.driver)
    assert person.overflow() <= 0


def test_the_measure_of_contrast_finds_what_is_too_faint(server, person):
    person.opens(server)
    person.sees("Sign in to failoverd")
    assert not too_faint(person.driver)
    person.run("document.querySelector('h1').style.color = 'rgb(200, 200, 200)'")
    assert [text for text, _, _ in too_faint(person.driver)] == ["Sign in to failoverd"]


def test_first_steps_fit_and_can_be_read(start_server, person):
    server = start_server(zone=False)
    person.on_phone()
    person.signs_in(server)
    for scheme in ("light", "dark"):
        person.likes(scheme)
        person.sees("Have a zone with a nameserver", "failoverctl zones put", "failoverctl stacks put")
        person.photograph(f"first-steps-{scheme}")
        assert not too_faint(person.driver)
        assert person.overflow() <= 0


def test_flip_by_keyboard_alone(server, person):
    server.shop()
    person.opens(server)
    person.sees("Sign in to failoverd")
    person.presses(server.token, Keys.ENTER)
    person.sees("Shop", "Flip to backup")
    person.driver.refresh()
    person.sees("Shop", "Flip to backup")
    person.presses(Keys.TAB)
    assert person.focused().text == "Skip to the content"
    person.presses(Keys.ENTER)
    assert person.focused().get_attribute("id") == "main"
    person.tabs_to("Flip to backup")
    assert person.run("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    person.presses(Keys.ENTER)
    person.sees_dialog("Flip Shop to backup")
    person.sees("Answered after")
    person.waits(lambda: person.focused() == person.field("Reason"))
    person.presses(Keys.ESCAPE)
    person.sees_no_dialog()
    assert person.focused().text == "Flip to backup"
    person.presses(Keys.ENTER)
    person.sees("Answered after")
    person.presses("by hand")
    person.tabs_to("Switch traffic")
    person.presses(Keys.ENTER)
    person.sees_dialog("Traffic switched to backup")
    person.tabs_to("Done")
    person.presses(Keys.ENTER)
    person.sees_no_dialog()
    person.waits(lambda: person.focused().text == "Flip to primary")
    assert server.api("GET", "/v1/changes?limit=1000")["items"][-1]["reason"] == "by hand"


def test_a_lost_connection_is_shown_and_caught_up(server, person):
    server.shop()
    person.signs_in(server)
    person.waits(lambda: person.live_side() == "primary")
    server.stop()
    person.sees("The connection to failoverd is lost.", "What you see may be old")
    assert person.link_state() == "Not connected"
    server.start()
    server.api("POST", f"/v1/groups/{SHOP}/flip", {"reason": "meanwhile"})
    person.waits(lambda: person.live_side() == "backup")
    person.sees_no_more("The connection to failoverd is lost.")
    assert person.link_state() == "Up to date"
    server.api("POST", f"/v1/groups/{SHOP}/flip", {"reason": "afterwards"})
    person.waits(lambda: person.live_side() == "primary")


@pytest.fixture
def stalls(server):
    """Stops failoverd where it stands, its connections open; goes on at the end."""
    yield lambda: server.process.send_signal(signal.SIGSTOP)
    server.process.send_signal(signal.SIGCONT)


def test_a_server_that_stalls_is_not_waited_for(server, person, stalls):
    server.shop()
    person.signs_in(server)
    person.sees("Shop", "Web head: web1")
    stalls()
    person.clicks("Flip to backup")
    person.sees("Asking what would be answered")
    person.clicks("Cancel")
    person.sees_no_dialog()
    person.clicks("Flip to backup")
    person.sees("failoverd cannot be reached")
    person.clicks("Close")
    person.sees("The connection to failoverd is lost.")


def test_another_network_leaves_a_healthy_stream_alone(server, person):
    person.signs_in(server)
    assert person.driver.execute_async_script("""
        const done = arguments[0], seen = [];
        new MutationObserver(() => seen.push(document.getElementById('link').textContent))
          .observe(document.getElementById('link'), {childList: true});
        window.dispatchEvent(new Event('online'));
        setTimeout(() => done(seen), 500);""") == []


def test_script_stored_in_names_does_nothing(server, person):
    server.stack("shop-eu", "192.0.2.10")
    server.stack("shop-us", "198.51.100.20")
    for n, text in enumerate(SCRIPTS):
        server.group(name=text, label=f"evil{n}", primary="shop-eu", backup="shop-us")
        server.api("POST", f"/v1/groups/evil{n}/flip", {"reason": text})
    person.signs_in(server)
    person.sees(*SCRIPTS)
    for n, text in enumerate(SCRIPTS):
        person.run("location.hash = arguments[0]", f"#/groups/evil{n}.{ZONE}")
        person.waits(lambda: person.driver.find_element(By.TAG_NAME, "h1").text == text)
        person.clicks("Flip to primary")
        person.sees_dialog(f"Flip {text} to primary")
        person.clicks("Cancel")
    person.run("location.hash = '#/activity'")
    person.sees(*SCRIPTS)
    person.opens(server, f"/?q={SCRIPTS[1]}#/groups/{SCRIPTS[0]}")
    person.sees("No such group")
    assert person.run("return window.owned") is None


def test_the_policy_lets_in_no_script_but_the_dashboard_s(server, person):
    reply = requests.get(server.url + "/", timeout=20)
    policy = {part.split()[0]: part.split()[1:] for part in reply.headers["Content-Security-Policy"].split(";") if part.strip()}
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    person.opens(server)
    person.sees("Sign in to failoverd")
    assert not faults(person.console())
    person.run("""
        const script = document.createElement('script');
        script.textContent = 'window.owned = 1';
        document.body.append(script);""")
    assert person.run("return window.owned") is None
    violations = faults(person.console())
    assert violations and all("Content Security Policy" in text for text in violations)
    person.seen_log.clear()


def test_the_token_stays_out_of_sight(server, person):
    server.shop()
    person.signs_in(server)
    for page in (f"#/groups/{SHOP}", "#/stacks", "#/activity", "#/groups"):
        person.run("location.hash = arguments[0]", page)
        person.sees("Up to date")
        assert server.token not in person.driver.page_source
        assert server.token not in person.driver.current_url
    assert server.token not in person.run("return performance.getEntries().map((entry) => entry.name).join()")
    assert server.token not in person.run("return document.cookie + JSON.stringify(localStorage)")
    assert not any(server.token in entry["message"] for entry in person.console())
    assert server.token not in server.log.read_text()


@pytest.fixture
def foreign_site(tmp_path):
    """Another origin, whose pages try to use the dashboard."""
    root = tmp_path / "foreign"
    root.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    for url in serve(functools.partial(Quiet, directory=root)):
        yield root, url


def test_another_site_can_neither_frame_nor_call(server, person, foreign_site):
    server.shop()
    person.signs_in(server)
    root, url = foreign_site
    (root / "index.html").write_text(f"<!doctype html><title>foreign</title><iframe src='{server.url}/'></iframe>")
    person.driver.get(url)
    person.driver.switch_to.frame(0)
    assert not person.driver.find_elements(By.ID, "main")
    person.driver.switch_to.default_content()
    outcome = person.driver.execute_async_script("""
        const [url, token, done] = arguments;
        fetch(url, {method: 'POST', headers: {Authorization: `Bearer ${token}`}, body: '{}', credentials: 'include'})
          .then((reply) => done(`answered ${reply.status}`), () => done('refused by the browser'));""",
        f"{server.url}/v1/groups/{SHOP}/flip", server.token)
    assert outcome == "refused by the browser"
    simple = person.driver.execute_async_script("""
        const [url, done] = arguments;
        fetch(url, {method: 'POST', mode: 'no-cors', body: '{}', credentials: 'include'}).then(() => done(), () => done());""",
        f"{server.url}/v1/groups/{SHOP}/flip")
    assert simple is None
    assert server.api("GET", f"/v1/groups/{SHOP}")["live"] == "primary"
    person.console()
    person.seen_log.clear()
