"""How each mail provider answers, as its pages show it."""

from tests.outreach.sms.stand_in import Says

TO = "nora@post.no"


def _json(status, content, **headers):
    return Says.json(status, content, Content_Type="application/json", **headers)


# What each says to a mail that it takes, and the number it gives it; None where Anymail
# makes the number up.
TAKEN = {
    "brevo": (_json(201, {"messageId": "<7@relay.example>"}), "<7@relay.example>"),
    "mailersend": (Says(202, b"", {"X-Message-Id": "ms7", "Content-Type": "text/html"}), "ms7"),
    "mailgun": (_json(200, {"id": "<7@mg.example>", "message": "Queued. Thank you."}), "<7@mg.example>"),
    "mailjet": (
        _json(200, {"Messages": [{"Status": "success", "To": [{"Email": TO, "MessageID": 7}]}]}),
        "7",
    ),
    "mailtrap": (_json(200, {"success": True, "message_ids": ["mt7"]}), "mt7"),
    "mandrill": (_json(200, [{"email": TO, "status": "queued", "_id": "md7"}]), "md7"),
    "postal": (
        _json(200, {"status": "success", "data": {"messages": {TO: {"id": 7, "token": "t"}}}}),
        "7",
    ),
    "postmark": (_json(200, {"To": TO, "MessageID": "pm7", "ErrorCode": 0, "Message": "OK"}), "pm7"),
    "resend": (_json(200, {"id": "re7"}), "re7"),
    "scaleway": (_json(200, {"emails": [{"id": "sc7", "mail_rcpt": TO, "status": "new"}]}), "sc7"),
    "sendgrid": (Says(202), None),
    "sparkpost": (
        _json(200, {"results": {"total_accepted_recipients": 1, "total_rejected_recipients": 0, "id": "sp7"}}),
        "sp7",
    ),
    "unisender_go": (_json(200, {"status": "success", "job_id": "j", "emails": [TO]}), None),
}  # fmt: skip

# (provider, answer, kind, detail, pause)
REFUSALS = [
    # About the guest or the mail
    ("brevo", _json(400, {"code": "invalid_parameter", "message": f"{TO} is not valid"}), "rejected", "400 invalid_parameter", ""),
    ("mailersend", _json(422, {"message": "The to.0.email is invalid.", "errors": {}}), "rejected", "422", ""),
    ("mailersend", _json(202, {"warnings": [{"type": "ALL_SUPPRESSED", "recipients": [{"email": TO, "reasons": ["hard_bounced"]}]}]}), "rejected", "rejected", ""),
    ("mailgun", _json(400, {"message": "'to' parameter is not a valid address"}), "rejected", "400", ""),
    ("mailjet", _json(400, {"Messages": [{"Status": "error", "Errors": [{"ErrorCode": "mj-0013", "ErrorMessage": f"{TO} is invalid"}]}]}), "rejected", "400 mj-0013", ""),
    ("mailtrap", _json(422, {"success": False, "errors": ["'to' is invalid"]}), "rejected", "422", ""),
    ("mandrill", _json(200, [{"email": TO, "status": "rejected", "reject_reason": "hard-bounce"}]), "rejected", "rejected", ""),
    ("mandrill", _json(200, [{"email": TO, "status": "invalid", "reject_reason": None}]), "rejected", "invalid", ""),
    ("mandrill", _json(500, {"status": "error", "code": -2, "name": "ValidationError"}), "rejected", "500 ValidationError", ""),
    ("postal", _json(200, {"status": "parameter-error", "data": {"message": "no"}}), "rejected", "200 parameter-error", ""),
    ("postmark", _json(422, {"ErrorCode": 300, "Message": f"Invalid 'To' address: '{TO}'."}), "rejected", "422 300", ""),
    ("postmark", _json(422, {"ErrorCode": 406, "Message": f"Found inactive addresses: {TO}. Inactive recipients are ones"}), "rejected", "422 406", ""),
    ("resend", _json(422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to`"}), "rejected", "422 validation_error", ""),
    ("scaleway", _json(400, {"type": "invalid_arguments", "message": "invalid"}), "rejected", "400 invalid_arguments", ""),
    ("sendgrid", _json(400, {"errors": [{"message": "Does not contain a valid address."}]}), "rejected", "400", ""),
    ("sparkpost", _json(200, {"results": {"total_accepted_recipients": 0, "total_rejected_recipients": 1, "id": "x"}}), "rejected", "rejected", ""),
    ("unisender_go", _json(200, {"status": "success", "job_id": "j", "emails": [], "failed_emails": {TO: "invalid"}}), "rejected", "invalid", ""),
    # About the account
    ("brevo", _json(402, {"code": "not_enough_credits", "message": "no"}), "not_sent", "402 not_enough_credits", "empty"),
    ("brevo", _json(401, {"code": "unauthorized", "message": "no"}), "not_sent", "401 unauthorized", "login"),
    ("mailersend", _json(422, {"message": "The from.email domain must be verified. #MS42207"}), "not_sent", "422 MS42207", "sender"),
    ("mailgun", _json(404, {"message": "Domain not found: x"}), "not_sent", "404", "sender"),
    ("mailjet", _json(401, {"ErrorCode": "mj-0002", "StatusCode": 401}), "not_sent", "401 mj-0002", "login"),
    ("mailjet", _json(400, {"Messages": [{"Status": "error", "Errors": [{"ErrorCode": "send-0008"}]}]}), "not_sent", "400 send-0008", "sender"),
    ("mandrill", _json(500, {"status": "error", "code": -1, "name": "Invalid_Key"}), "not_sent", "500 Invalid_Key", "login"),
    ("mandrill", _json(500, {"status": "error", "code": 99, "name": "PaymentRequired"}), "not_sent", "500 PaymentRequired", "empty"),
    ("mandrill", _json(200, [{"email": TO, "status": "rejected", "reject_reason": "unsigned"}]), "not_sent", "200 unsigned", "sender"),
    ("postal", _json(200, {"status": "error", "data": {"code": "InvalidServerAPIKey"}}), "not_sent", "200 InvalidServerAPIKey", "login"),
    ("postal", _json(200, {"status": "error", "data": {"code": "ServerSuspended"}}), "not_sent", "200 ServerSuspended", "empty"),
    ("postmark", _json(422, {"ErrorCode": 405, "Message": "Not allowed to send."}), "not_sent", "422 405", "empty"),
    ("postmark", _json(422, {"ErrorCode": 400, "Message": "Sender signature not found."}), "not_sent", "422 400", "sender"),
    ("resend", _json(403, {"statusCode": 403, "name": "validation_error", "message": "not verified"}), "not_sent", "403 validation_error", "sender"),
    ("resend", _json(429, {"statusCode": 429, "name": "monthly_quota_exceeded"}), "not_sent", "429 monthly_quota_exceeded", "empty"),
    ("scaleway", _json(403, {"type": "quotas_exceeded"}), "not_sent", "403 quotas_exceeded", "empty"),
    ("sendgrid", _json(403, {"errors": [{"message": "not a verified Sender Identity"}]}), "not_sent", "403", "sender"),
    ("sparkpost", _json(400, {"errors": [{"message": "Unconfigured Sending Domain", "code": "7001"}]}), "not_sent", "400 7001", "sender"),
    # Later
    ("resend", _json(429, {"statusCode": 429, "name": "daily_quota_exceeded"}), "throttled", "429 daily_quota_exceeded", ""),
    ("sparkpost", _json(420, {"errors": [{"message": "Exceed Sending Limit (daily)", "code": "2102"}]}), "throttled", "420 2102", ""),
    # A word like an address is not kept
    ("brevo", _json(400, {"code": TO}), "rejected", "400", ""),
    ("resend", _json(422, {"name": ["x"] * 90}), "rejected", "422", ""),
    # A code in an answer that takes the mail means nothing
    ("resend", _json(200, {"name": "invalid_api_key"}), "unknown", "200", ""),
]  # fmt: skip
