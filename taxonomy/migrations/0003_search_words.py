"""A function: the words by which a folded text is found."""

from django.db import migrations

# Chinese, Japanese and Korean are written without spaces: such a word is found from each of its letters on.
SEARCH_WORDS = r"""
CREATE FUNCTION search_words(key text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH told AS (
        SELECT DISTINCT word FROM unnest(string_to_array(left(key, 12000), ' ')) AS word WHERE word <> ''
    )
    SELECT coalesce(array_agg(DISTINCT left(found, 20)), '{}') FROM (
        SELECT word AS found FROM told
        UNION ALL
        SELECT substr(word, start, 20) FROM told, generate_series(2, length(word)) AS start
        WHERE word ~ '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]'
    ) AS every
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0002_triggers")]

    operations = [migrations.RunSQL(SEARCH_WORDS, "DROP FUNCTION search_words(text);")]
