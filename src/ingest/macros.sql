-- Text that means nothing: exports write empty text and the word null for what is not there.
CREATE MACRO clean(value) AS CASE WHEN value NOT IN ('', 'null') THEN value END;

-- Structs are cast by the names of their fields: one of another name becomes NULL without a word. An empty list is none.
CREATE MACRO address_list(list) AS CASE WHEN len(list) > 0 THEN list_transform(list, lambda each:
  {'channel': clean(each.channel), 'address': clean(each.address), 'channel_id': clean(each.channelId)}) END;
CREATE MACRO recipient_list(list) AS CASE WHEN len(list) > 0 THEN list_transform(list, lambda each:
  {'channel': clean(each.channel), 'address': clean(each.address), 'participant_id': clean(each.participantId),
   'delivery_status': clean(each.deliveryStatus)}) END;
