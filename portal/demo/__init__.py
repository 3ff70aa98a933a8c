"""The demonstration: what a newcomer sees alive within minutes. It serves no real commune.

`voice`, `slides`, `scripts` and `film` make what is streamed; `places`, `people` and `seeding` say
who there is; `driver` plays sittings (`council`, `hearing`) against running servers from outside,
like any publisher and any citizens.
"""
