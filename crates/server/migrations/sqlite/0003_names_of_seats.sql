-- What whoever comes by a seat's link is called unless they say otherwise. Gone when the room is deleted.
ALTER TABLE seats ADD COLUMN display_name TEXT;
