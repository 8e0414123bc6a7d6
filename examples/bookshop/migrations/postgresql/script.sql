-- ${message}
-- dapter:revision   ${revision}
-- dapter:revises    ${revises}
-- dapter:created    ${created}

-- dapter:upgrade

-- dapter:downgrade
