"""Signing in: one form, a code sent to a telephone or an e-mail address, a session for months.

`signin` runs the flow on django-allauth's parts, `contact` and `phone` know what a person may be
reached at and how that is stored, `sms` sends, `limits` refuses what is too frequent, `links`
are given by operators, `erasure` deletes an account with what it left elsewhere.
"""
