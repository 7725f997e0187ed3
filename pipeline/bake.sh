#!/usr/bin/env bash
# Usage: bake.sh first|second
# Watches a Region's alarms while customers use the release there. A red alarm stops the release and drains the Region; the drain
# is written in the peer Region if this one does not answer.
source "$(dirname "$0")/common.sh"

stack=$(stack_of "${1:?The stack is missing. Usage: bake.sh first|second}")
region=$(pulumi config get aws:region --stack "$stack")
alarms=$(pulumi stack output --stack "$stack" --json releaseAlarms | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).join(" ")')
minutes=${BAKE_MINUTES:-30}
say "Watching $alarms in $region for $minutes minutes"

# shellcheck disable=SC2086 # The names are words of letters, digits and hyphens.
# An alarm that cannot be read does not count as green: its name may be gone, or CloudWatch may return an empty list for want of a
# permission.
seen=$(aws cloudwatch describe-alarms --region "$region" --alarm-types CompositeAlarm --alarm-names $alarms \
  --query 'length(CompositeAlarms)' --output text)
if [ "$seen" != "$(wc -w <<< "$alarms")" ]; then
  say "Only ${seen:-none} of the alarms $alarms can be read, so no alarm could stop the release. The release stops here: check the names and the role's cloudwatch:DescribeAlarms."
  exit 1
fi

for ((minute = 0; minute <= minutes; minute++)); do
  # shellcheck disable=SC2086 # The names are words of letters, digits and hyphens.
  red=$(aws cloudwatch describe-alarms --region "$region" --alarm-types CompositeAlarm --alarm-names $alarms \
    --state-value ALARM --query 'CompositeAlarms[].AlarmName' --output text)
  if [ -n "$red" ]; then
    say "Red alarm: $red. The release stops, and $region is drained."
    bash pipeline/drain.sh "$stack"
    exit 1
  fi
  [ "$minute" = "$minutes" ] || sleep "${BAKE_PAUSE_SECONDS:-60}"
done
say "No alarm in $region."
