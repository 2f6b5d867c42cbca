"""The bill of materials, as SPDX 2.3. Source: https://spdx.github.io/spdx-spec/v2.3/"""
import hashlib
import json


def document(version, revision, created, program, packages):
    def identifier(name):
        return "SPDXRef-" + "".join(c if c.isalnum() or c in ".-" else "-" for c in name)

    entries = [{
        "SPDXID": "SPDXRef-cortex", "name": "cortex", "versionInfo": version, "licenseDeclared": "Apache-2.0",
        "licenseConcluded": "Apache-2.0", "downloadLocation": "NOASSERTION", "copyrightText": "NOASSERTION",
        "filesAnalyzed": False, "sourceInfo": f"revision {revision}",
        "checksums": [{"algorithm": "SHA256", "checksumValue": hashlib.sha256(program).hexdigest()}],
    }]
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
    relations += [{"spdxElementId": "SPDXRef-cortex", "relationshipType": "DEPENDS_ON",
                   "relatedSpdxElement": entry["SPDXID"]} for entry in entries[1:]]
    name = f"cortex-api-{version}"
    return (json.dumps({
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": name,
        "documentNamespace": f"https://cortex.invalid/spdx/{name}-{revision}",
        "creationInfo": {"created": created, "creators": ["Tool: scripts/image"]},
        "packages": entries, "relationships": relations,
    }, indent=1, sort_keys=True) + "\n").encode()
