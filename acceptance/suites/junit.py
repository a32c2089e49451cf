"""junit.py REPORTS PASSED FAILED writes the tests of JUnit's reports into two files, by what became of them."""
import glob
import sys
import xml.etree.ElementTree as tree

reports, passed, failed = sys.argv[1:]
with open(passed, "w") as good, open(failed, "w") as bad:
    for name in glob.glob(reports + "/*/*.xml"):
        for case in tree.parse(name).iter("testcase"):
            suite = case.get("classname").removeprefix("org.apache.zookeeper.")
            test = suite + "." + case.get("name").removesuffix("()").replace(" ", "_")
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                print(test, file=bad)
            elif "skipped" not in kinds:
                print(test, file=good)
