"""The catalog: photos, results of analysis, albums, tags, trash, media access, event feed and webhooks."""
