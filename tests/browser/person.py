"""What a person does at the dashboard and sees there: by the words on the page, not by its insides."""

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 60  # seconds, on a busy machine; nothing waits longer than it has to


class Person:
    def __init__(self, driver, directory):
        self.driver, self.directory = driver, directory
        self.seen_log = []

    # Surroundings

    def at_desktop(self):
        self._screen(1280, 900)

    def on_phone(self):
        self._screen(320, 640)

    def _screen(self, width, height):
        self.width = width
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})

    def likes(self, scheme):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def console(self):
        self.seen_log += self.driver.get_log("browser")
        return self.seen_log

    def photograph(self, name):
        self.driver.save_screenshot(str(self.directory / f"{name}.png"))

    # Going places

    def opens(self, server, page="/"):
        self.driver.get(server.url + page)

    def signs_in(self, server, token=None, page="/"):
        self.opens(server, page)
        self.fills("Token", token or server.token)
        self.clicks("Sign in")
        self.waits(lambda: self.link_state() == "Up to date")

    def link_state(self):
        return self.driver.find_element(By.ID, "link").text

    # Looking

    def waits(self, true):
        def settled(_):
            try:
                return true()
            except StaleElementReferenceException:
                return False  # drawn anew while being looked at

        return WebDriverWait(self.driver, PATIENCE, 0.05).until(settled)

    def scope(self):
        """The open dialog, where there is one: nothing else can be reached then."""
        dialogs = self.driver.find_elements(By.CSS_SELECTOR, "dialog[open]")
        return dialogs[-1] if dialogs else self.driver.find_element(By.TAG_NAME, "body")

    def text(self):
        return self.scope().text

    def sees(self, *words):
        self.waits(lambda: all(word in self.text() for word in words))

    def sees_no_more(self, *words):
        self.waits(lambda: not any(word in self.text() for word in words))

    def sees_dialog(self, heading):
        self.waits(lambda: self.scope().tag_name == "dialog" and self.scope().find_element(By.TAG_NAME, "h2").text == heading)

    def sees_no_dialog(self):
        self.waits(lambda: self.scope().tag_name == "body")

    def live_side(self):
        """The side that the page says is live; more than one would be wrong, and so fails."""
        sides = self.driver.find_elements(By.CSS_SELECTOR, "main section[data-side]")
        live = [side for side in sides if "Live" in side.text.split("\n")]
        assert len(live) <= 1
        return live[0].get_attribute("data-side") if live else None

    def rows(self):
        return self.driver.find_elements(By.CSS_SELECTOR, "main .rows > li")

    # Doing

    def button(self, words):
        def find():
            return next((one for one in self.scope().find_elements(By.TAG_NAME, "button")
                         if one.is_displayed() and one.text == words), None)

        return self.waits(find)

    def clicks(self, words):
        self.button(words).click()

    def follows(self, words):
        self.waits(lambda: next((one for one in self.scope().find_elements(By.TAG_NAME, "a")
                                 if one.is_displayed() and one.text == words), None)).click()

    def field(self, label):
        def find():
            labels = [one for one in self.scope().find_elements(By.TAG_NAME, "label") if one.text == label]
            return self.driver.find_element(By.ID, labels[0].get_attribute("for")) if labels else None

        return self.waits(find)

    def flips(self, to, reason=""):
        """The group named Shop, from a page that shows it to the reply."""
        self.clicks(f"Flip to {to}")
        self.sees_dialog(f"Flip Shop to {to}")
        if reason:
            self.fills("Reason", reason)
        self.clicks("Switch traffic")
        self.sees_dialog(f"Traffic switched to {to}")

    def fills(self, label, text):
        control = self.field(label)
        control.clear()
        control.send_keys(text)

    def error_at(self, label):
        control = self.field(label)
        return self.driver.find_element(By.ID, control.get_attribute("aria-describedby").split()[-1]).text

    def searches(self, text):
        box = self.driver.find_element(By.CSS_SELECTOR, "input[type=search]")
        box.clear()
        box.send_keys(text)

    # By keyboard alone

    def presses(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self):
        return self.driver.switch_to.active_element

    def tabs_to(self, words, most=60):
        for _ in range(most):
            if self.focused().text == words:
                return
            self.presses(Keys.TAB)
        raise AssertionError(f"{words} cannot be reached by Tab; the focus is at {self.focused().get_attribute('outerHTML')}")

    # Measuring

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def too_small(self):
        """What is to be touched and is less than 44 px high; links within a sentence are as high as it."""
        return self.run("""
            const scope = document.querySelector('dialog[open]') ?? document.body;
            return [...scope.querySelectorAll('button, input:not([type=checkbox]), select, summary, nav a, .check')]
              .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
              .map((one) => one.outerHTML);""")

    def overflow(self):
        """By how many pixels the page, or what the open dialog holds, is wider than there is room for. The page is measured
        against the screen, since a phone's innerWidth grows with what does not fit."""
        return self.run("""
            const open = document.querySelector('dialog[open]');
            const page = document.documentElement.scrollWidth - arguments[0];
            return Math.max(page, open ? open.scrollWidth - open.clientWidth : 0);""", self.width)
