"""The bill of materials, as SPDX 2.3. Source: https://spdx.github.io/spdx-spec/v2.3/"""
import hashlib
import json
import re


def swift_release(program):
    """`swift-6.3.1-RELEASE`, as the compiler leaves it beside the program; None where a strip has taken it out."""
    found = re.search(rb"Swift version [0-9.]+ \((swift-[0-9.]+-[A-Z]+)\)", program)
    return found and found[1].decode()


def runtime(release):
    """Swift's own libraries, which are linked into the program (--static-swift-stdlib)."""
    entry = {
        "SPDXID": "SPDXRef-swift", "name": "swift", "filesAnalyzed": False, "downloadLocation": "NOASSERTION",
        "licenseDeclared": "Apache-2.0 WITH Swift-exception", "licenseConcluded": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "comment": "Linked statically: the standard library, concurrency, dispatch and FoundationEssentials",
    }
    if release:
        entry["versionInfo"] = release.split("-")[1]
        entry["downloadLocation"] = f"git+https://github.com/swiftlang/swift.git@{release}"
        entry["externalRefs"] = [{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": f"pkg:github/swiftlang/swift@{release}"}]
    return entry


def document(version, revision, created, program, release, packages):
    def identifier(name):
        return "SPDXRef-" + "".join(c if c.isalnum() or c in ".-" else "-" for c in name)

    entries = [{
        "SPDXID": "SPDXRef-cortex", "name": "cortex", "versionInfo": version, "licenseDeclared": "Apache-2.0",
        "licenseConcluded": "Apache-2.0", "downloadLocation": "NOASSERTION", "copyrightText": "NOASSERTION",
        "filesAnalyzed": False, "sourceInfo": f"revision {revision}",
        "checksums": [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(program).hexdigest()}],
    }, runtime(release)]
    for package in packages:
        entries.append({
            "SPDXID": identifier(f"deb-{package['name']}"), "name": package["name"],
            "versionInfo": package["version"], "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseDeclared": "NOASSERTION", "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION",
            "checksums": [{"algorithm": "SHA256", "checksumValue": package["sha256"]}],
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                "referenceLocator": f"pkg:deb/debian/{package['name']}@{package['version']}"
                                    f"?arch={package['architecture']}&distro=debian-12"}],
        })
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
                  "relatedSpdxElement": "SPDXRef-cortex"}]
    relations += [{"spdxElementId": "SPDXRef-cortex", "relatedSpdxElement": entry["SPDXID"],
                   "relationshipType": "STATIC_LINK" if entry["SPDXID"] == "SPDXRef-swift" else "DEPENDS_ON"}
                  for entry in entries[1:]]
    name = f"cortex-api-{version}"
    return (json.dumps({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        "documentNamespace": f"https://cortex.invalid/spdx/{name}-{revision}",
        "creationInfo": {"created": created, "creators": ["Tool: scripts/image"]},
        "packages": entries, "relationships": relations,
    }, indent=1, sort_keys=True) + "\n").encode()
