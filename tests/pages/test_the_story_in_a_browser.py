"""林淑华's afternoon with her pages: from the code in her mail to a till that spends what her phone shows."""

import re

from tests.letterbox import mailbox
from tests.pages.conftest import check
from tests.pages.lives import diamond, insurers_house
from tests.pages.own import by_mail
from tests.pages.test_members_door import code_in


def test_m4_from_the_code_in_her_mail_to_a_till_that_spends_what_her_phone_shows(app, make, clock, open_page):
    lin = diamond(insurers_house(make, clock), clock)
    with mailbox() as box:
        by_mail(app, box.url)
        page = open_page("/me/", "phone", "zh-CN")

        def press(name, role="button"):
            with page.expect_navigation():
                page.get_by_role(role, name=name).first.click()
            check(page)

        page.get_by_label("手机号或邮箱").fill("lin@example.org")
        press("发送验证码")
        page.get_by_label("验证码").fill(code_in(box))
        press("登录")

    assert page.get_by_text("钻石卡").first.is_visible()
    press("为什么是这张卡", "link")
    assert page.get_by_text("保单状态变更").is_visible()

    page.goto("/me/benefits/health-check/book")
    page.get_by_text("福州体检中心").check()
    page.get_by_label("日期", exact=True).fill("2026-04-08")
    page.get_by_label("时间", exact=True).fill("09:30")
    page.locator("#consent").check()
    press("预约")
    assert page.get_by_text("预约好了。").is_visible()

    page.goto("/me/events")
    press("银发摄影课", "link")
    press("报名")
    assert page.get_by_text("报名成功。").is_visible()

    page.goto("/me/rewards/tea-set/buy")
    press("确认用 300 分兑换")
    assert page.get_by_text("兑换成功。").is_visible()

    page.goto("/me/")
    page.get_by_role("link", name="花积分", exact=True).click()
    shown = page.get_by_role("img", name="花积分的会员码").first
    shown.wait_for()
    token = re.sub(r"\D", "", page.locator(".pass-digits").inner_text())
    spent = lin.till.post("/redemptions", {"token": token, "points": 60, "reference": "till-1"})
    assert spent.status_code == 201, spent.json
    assert spent.json["balance"]["reward"]["available"] == 40
    page.goto("/me/points")
    check(page)
    assert page.get_by_text("−60").first.is_visible()
    make.run("ledger", "verify")
