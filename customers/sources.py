"""Enter what this app says into the registries. Imported when the apps are ready."""

from customers.arrival_cards import register_card_source
from customers.badges import register_badge_source
from customers.desk_consent import consent_panel
from customers.guest_story import consent_entries, visit_entries
from customers.panels import register_panel
from customers.privacy_panel import privacy_panel
from customers.recognition import arrival_notes, vip_badges
from customers.timeline import register_timeline_source

register_badge_source("customers", vip_badges)
register_card_source("customers", arrival_notes)
register_panel("consent", consent_panel)
register_panel("privacy", privacy_panel)
register_timeline_source("consent", consent_entries)
register_timeline_source("visits", visit_entries)
