#!/usr/bin/env bash
# Lets customers use the release in one Region while its alarms are watched: bake.sh first|second
# A red alarm stops the release and drains the Region, from the other one if need be.
source "$(dirname "$0")/common.sh"

stack=$(stack_of "${1:?Which stack? bake.sh first|second}")
region=$(pulumi config get aws:region --stack "$stack")
alarms=$(pulumi stack output --stack "$stack" --json releaseAlarms | node -p 'JSON.parse(require("fs").readFileSync(0, "utf8")).join(" ")')
minutes=${BAKE_MINUTES:-30}
say "$region bakes for $minutes minutes under $alarms"

# shellcheck disable=SC2086 # The names are words of letters, digits and hyphens.
# What can't be seen is not green: a name that is gone, or a permission that CloudWatch answers with an empty list.
seen=$(aws cloudwatch describe-alarms --region "$region" --alarm-types CompositeAlarm --alarm-names $alarms \
  --query 'length(CompositeAlarms)' --output text)
if [ "$seen" != "$(wc -w <<< "$alarms")" ]; then
  say "Only ${seen:-none} of the alarms $alarms can be seen, so nobody would stop the release: it stops here."
  exit 1
fi

for ((minute = 0; minute <= minutes; minute++)); do
  # shellcheck disable=SC2086 # The names are words of letters, digits and hyphens.
  red=$(aws cloudwatch describe-alarms --region "$region" --alarm-types CompositeAlarm --alarm-names $alarms \
    --state-value ALARM --query 'CompositeAlarms[].AlarmName' --output text)
  if [ -n "$red" ]; then
    say "Red: $red. The release stops, and $region is drained."
    bash pipeline/drain.sh "$stack"
    exit 1
  fi
  [ "$minute" = "$minutes" ] || sleep "${BAKE_PAUSE_SECONDS:-60}"
done
say "$region is well."
