# jq -n -r -f questions.jq FILE
# Each entry gives facts, and one flat object keeps them by `setpath` alone. With `.said[$id] = true`, `|=`, `//` or a second `reduce` around the
# state, jq copies all of it at every entry, and the time grows with the square of the entries.
def customer_facts($isNew; $time):
  (if $isNew then ["customer \(.id)", $time] else empty end),
  (if .profileId == null then empty else ["profile \(.conversationId) \(.profileId)", true] end),
  ["address \(.conversationId) \(.addresses[].address | ltrimstr("whatsapp:"))", true];

def facts:
  .eventTime as $time | .eventType as $type | .body
  | ["ended", $time],
    if $type == "communication.created" then ["said \(.conversationId)", true]
    elif $type == "conversation.created" then ["opened \(.id)", $time]
    elif $type == "participant.created" or $type == "participant.updated" then
      (if .profileId == null then empty else ["resolved \(.id)", true] end),
      (.conversationId as $id | .addresses[] | select(.channel == "VOICE") | ["voice \($id)", true]),
      (if .type == "CUSTOMER" then customer_facts($type == "participant.created"; $time) else empty end)
    else empty end;

# The second words of the keys that begin with a word.
def ids($word): .[] | select(startswith($word + " ")) | split(" ")[1];
def several($word): [ids($word)] | group_by(.)[] | select(length >= 2)[0];
def tell($question; found): [found] | sort[] | "\($question)\t\(.)";

reduce (inputs | facts) as [$key, $value] ({ended: ""};
  if $key == "ended" and $value <= .ended then . else setpath([$key]; $value) end)
| . as $state
| (.ended | fromdateiso8601) as $ended
| ($ended - 300 | todateiso8601) as $old_call
| ($ended - 30 | todateiso8601) as $old_customer
| keys_unsorted
| ([several("address") | {key: ., value: true}] | from_entries) as $crowded
| tell("different-customers"; several("profile") | select($crowded[.])),
  tell("no-profile"; ids("customer") | select($state["customer \(.)"] <= $old_customer and ($state["resolved \(.)"] | not))),
  tell("silent-call"; ids("opened") | select($state["opened \(.)"] <= $old_call and $state["voice \(.)"] and ($state["said \(.)"] | not)))
