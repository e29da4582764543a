"""The composer: words to a plan, a plan to notes, notes to sound, all of it seeded; and who renders which take when."""
