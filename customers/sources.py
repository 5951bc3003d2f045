"""Enter what this app says into the registries. Imported when the apps are ready."""

from customers.arrival_cards import register_card_source
from customers.badges import register_badge_source
from customers.care.cards import promise_notes, service_notes
from customers.care.panel import likes_panel
from customers.care.story import care_entries
from customers.duplicates.panel import duplicates_panel
from customers.guest_story import agreement_entries, consent_entries, visit_entries
from customers.merging.story import merge_entries
from customers.models import Agreement
from customers.needs.health_needs import let_go_of_needs
from customers.needs.showing import needs_on_cards, needs_panel
from customers.notes.showing import note_entries, pinned_on_cards
from customers.panels import register_panel
from customers.people.details_panel import details_panel
from customers.people.household_panel import household_panel
from customers.privacy.desk_consent import consent_panel
from customers.privacy.panel import privacy_panel
from customers.profile.agreements import register_letting_go
from customers.profile.photo_panel import photo_panel
from customers.profile.photos import let_photo_go
from customers.profile.tag_panel import tag_badges, tags_panel
from customers.quality.cards import question_notes
from customers.quality.story import own_details_entries
from customers.recognition import arrival_notes, vip_badges
from customers.segments.panel import segments_panel
from customers.timeline import register_timeline_source
from customers.visiting.next_visit_card import next_visit_entries, next_visit_notes
from customers.visiting.suggestions import suggestion_notes

register_badge_source("customers", vip_badges)
register_badge_source("tags", tag_badges)
register_card_source("customers", arrival_notes)
register_card_source("needs", needs_on_cards)
register_card_source("next_visit", next_visit_notes)
register_card_source("notes", pinned_on_cards)
register_card_source("promises", promise_notes)
register_card_source("questions", question_notes)
register_card_source("service", service_notes)
register_card_source("suggestions", suggestion_notes)
register_panel("consent", consent_panel)
register_panel("details", details_panel)
register_panel("duplicates", duplicates_panel)
register_panel("household", household_panel)
register_panel("photo", photo_panel)
register_panel("likes", likes_panel)
register_panel("needs", needs_panel)
register_panel("privacy", privacy_panel)
register_panel("segments", segments_panel)
register_panel("tags", tags_panel)
register_letting_go(Agreement.Subject.HEALTH, let_go_of_needs)
register_letting_go(Agreement.Subject.PHOTO, let_photo_go)
register_timeline_source("agreements", agreement_entries)
register_timeline_source("care", care_entries)
register_timeline_source("consent", consent_entries)
register_timeline_source("merges", merge_entries)
register_timeline_source("next_visits", next_visit_entries)
register_timeline_source("notes", note_entries)
register_timeline_source("own_details", own_details_entries)
register_timeline_source("visits", visit_entries)
