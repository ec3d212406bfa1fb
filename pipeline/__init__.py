"""Aligned passages and one knowledge record from articles in any mix of languages."""
