"""What is done again and again, how often, and on which queue.

Every tick only asks PostgreSQL what there is to do, so one that is missed or comes twice
costs nothing.
"""

from datetime import timedelta

TASK_ROUTES = {
    "outreach.tasks.send_critical": {"queue": "send_critical"},
    "outreach.tasks.send_bulk": {"queue": "send_bulk"},
    "outreach.tasks.apply_calls": {"queue": "webhooks"},
    "outreach.tasks.poll_mailboxes": {"queue": "webhooks"},
}


def _tick(task: str, seconds: float) -> dict[str, object]:
    """Return a beat entry. A tick that nobody took before the next one is dropped."""
    return {
        "task": task,
        "schedule": timedelta(seconds=seconds),
        "options": {"expires": seconds},
    }


BEAT_SCHEDULE = {
    "send-critical": _tick("outreach.tasks.send_critical", 15),
    "send-bulk": _tick("outreach.tasks.send_bulk", 15),
    "reap-leases": _tick("outreach.tasks.reap_leases", 15),
    "resolve-unknown": _tick("outreach.tasks.resolve_unknown", 30),
    "plan-missing": _tick("outreach.tasks.plan_missing", 300),
    "start-campaigns": _tick("outreach.tasks.start_campaigns", 15),
    "reschedule": _tick("outreach.tasks.reschedule", 3600),
    "run-jobs": _tick("crm.jobs.tasks.run_jobs", 15),
    "expire-files": _tick("crm.files.tasks.expire_files", 3600),
    "forget-old-events": _tick("crm.audit.tasks.forget_old_events", 3600),
    "count-what-goes-together": _tick("customers.tasks.count_what_goes_together", 3600),
    "apply-calls": _tick("outreach.tasks.apply_calls", 5),
    "poll-mailboxes": _tick("outreach.tasks.poll_mailboxes", 120),
    "expire-calls": _tick("outreach.tasks.expire_calls", 3600),
    "watch-accounts": _tick("outreach.tasks.watch_accounts", 60),
    "purge-words": _tick("outreach.tasks.purge_words", 3600),
    "let-go-of-letters": _tick("outreach.tasks.let_go_of_letters", 3600),
    "count-registers": _tick("customers.tasks.count_registers", 3600),
    "review-tiers": _tick("loyalty.tasks.review_tiers", 3600),
    "forget-what-is-over": _tick("customers.tasks.forget_what_is_over", 3600),
    "find-duplicates": _tick("customers.tasks.find_duplicates", 300),
    "fold-name-words": _tick("customers.tasks.fold_name_words", 3600),
}
