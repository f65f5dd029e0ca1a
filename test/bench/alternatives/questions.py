"""python3 questions.py FILE: the three questions with dictionaries."""

import json
import sys
from collections import defaultdict
from datetime import datetime, timedelta


def main(path):
    ended = ""
    opened = {}
    spoken = set()
    voice = set()
    profiles = defaultdict(set)
    addresses = defaultdict(set)
    customers = {}
    resolved = set()

    with open(path, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            time, kind, body = entry["eventTime"], entry["eventType"], entry["body"]
            if time > ended:
                ended = time
            if kind == "communication.created":
                spoken.add(body["conversationId"])
            elif kind == "conversation.created":
                opened[body["id"]] = time
            elif kind in ("participant.created", "participant.updated"):
                conversation, profile = body["conversationId"], body.get("profileId")
                if profile is not None:
                    resolved.add(body["id"])
                for one in body["addresses"]:
                    if one["channel"] == "VOICE":
                        voice.add(conversation)
                    if body["type"] == "CUSTOMER":
                        addresses[conversation].add(one["address"].replace("whatsapp:", ""))
                if body["type"] == "CUSTOMER":
                    if profile is not None:
                        profiles[conversation].add(profile)
                    if kind == "participant.created":
                        customers[body["id"]] = time

    def before_the_end(**span):
        # All times have one form, so that they compare as text.
        return (datetime.strptime(ended, "%Y-%m-%dT%H:%M:%SZ") - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")

    old_call, old_customer = before_the_end(minutes=5), before_the_end(seconds=30)
    tell("different-customers", (id for id in profiles if len(profiles[id]) >= 2 and len(addresses[id]) >= 2))
    tell("no-profile", (id for id, time in customers.items() if time <= old_customer and id not in resolved))
    tell("silent-call", (id for id, time in opened.items() if time <= old_call and id in voice and id not in spoken))


def tell(question, ids):
    for id in sorted(ids):
        print(f"{question}\t{id}")


main(sys.argv[1])
