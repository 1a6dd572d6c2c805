#!/bin/sh
# Puts this Tare, packed and installed as its users have it, into test/self/installed/: the payload of the scenarios here.
set -eu
cd "$(dirname "$0")"
npm ci --prefix ../.. --ignore-scripts --no-audit --no-fund
rm -rf installed
mkdir installed
package=$(npm pack ../.. --pack-destination installed --silent)
npm install --prefix installed --ignore-scripts --no-audit --no-fund "installed/$package"
