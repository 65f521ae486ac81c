#!/usr/bin/env bash
# The whole loop by command line, as a person would type it: loop.sh FOLDER SAMPLES
#
# Makes a project in FOLDER, imports two months of the table in SAMPLES, trains, compares, promotes, exports, scores
# with the bundle outside of the program, and sets a retraining that runs by itself. Ends with the first that fails.
set -euo pipefail
folder=$1 samples=$2
mlops="${PYTHON:-python} -m mlops_desktop"
cd "$folder"

say() { printf '\n== %s\n' "$*"; }
value() { "${PYTHON:-python}" -c 'import json, sys; print(eval(sys.argv[1], {"it": json.load(sys.stdin)}))' "$1"; }

say "A project"
$mlops projects create bikes.mlops --name "Bike rentals"
export MLOPS_PROJECT=$folder/bikes.mlops

say "Import a month, then another; nothing is overwritten"
$mlops datasets preview "$samples/bikes/bikes_2011-01.csv" >preview.txt
grep -q "rentals" preview.txt
$mlops datasets import "$samples/bikes/bikes_2011-01.csv" --dataset bikes --target rentals \
    --roles date=time --roles casual=ignore --roles registered=ignore --message January
$mlops datasets import "$samples/bikes/bikes_2011-02.csv" --dataset bikes --mode append --message February
test "$($mlops datasets show bikes@1 --json | value 'it["rows"]')" = 688
test "$($mlops datasets show bikes --json | value 'it["rows"]')" = 1337

say "Train two models; the same again gives the same numbers"
$mlops runs check bikes
$mlops runs start --data bikes --algorithm baseline
$mlops runs start --data bikes --algorithm lightgbm
$mlops runs reproduce 2
first=$($mlops runs show 2 --json | value 'it["metrics"]')
test "$first" = "$($mlops runs show 3 --json | value 'it["metrics"]')"

say "Compare them"
test "$($mlops runs compare 1 2 --json | value 'it["metrics"][0]["others"][0]["verdict"]')" = better

say "Register the better one and promote it"
$mlops models register 2 --name rentals
$mlops models set-alias rentals@1 champion
$mlops models history rentals

say "Export a bundle, and score with it where this program is not"
$mlops bundles export rentals@champion out/rentals
head -n 6 "$samples/bikes/bikes_2011-02.csv" >new.csv
(cd out/rentals && "${PYTHON:-python}" -m bundle score ../../new.csv ../../outside.csv)
$mlops models score rentals@champion new.csv inside.csv
cmp outside.csv inside.csv
test "$(wc -l <inside.csv)" = 6

say "One row, as the form asks"
$mlops models score-row rentals@champion '{"hour": 8, "temperature": 12.5, "workingday": true}'

say "A retraining that runs by itself"
$mlops schedules preview "tuesday 18:00"
$mlops schedules add weekly --every "tuesday 18:00" --like 2
$mlops schedules run-now weekly
$mlops schedules list

say "A wrong word is undone"
$mlops runs rename 2 "a wrong word"
$mlops activity undo
test "$($mlops runs show 2 --json | value 'it["name"]')" = LightGBM

say "Everything is whole"
$mlops doctor
$mlops stop
say "Done"
