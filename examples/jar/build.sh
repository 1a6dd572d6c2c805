#!/bin/sh
# Makes app.jar. It needs a JDK: apt-get install default-jdk-headless
set -eu
cd "$(dirname "$0")"
mkdir -p classes
javac --release 17 -d classes App.java
jar --create --file app.jar --main-class App -C classes .
rm -r classes
