import JSON
import Kubernetes

/// The kinds whose content is small: ConfigMaps, Secrets, budgets, leases.
extension Validation {
    /// Source: `ValidateConfigMap` and `ValidateSecretUpdate` in pkg/apis/core/validation.
    static func data(_ object: JSONValue, _ old: JSONValue?) -> [Cause] {
        var causes: [Cause] = []
        for list in ["data", "binaryData"] {
            for key in (object[list]?.objectValue ?? [:]).keys.sorted() where !isConfigKey(key) {
                causes.append(
                    invalid(
                        "\(list)[\(key)]", quoted(key),
                        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name', "
                            + " or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"))
            }
        }
        guard let old, old["immutable"] == true else { return causes }
        for field in ["immutable", "data", "binaryData"] where (old[field] ?? [:]) != (object[field] ?? [:]) {
            causes.append(
                Cause(
                    reason: "FieldValueForbidden",
                    message: "Forbidden: field is immutable when `immutable` is set", field: field))
        }
        return causes
    }

    private static func isConfigKey(_ key: String) -> Bool {
        !key.isEmpty && key.utf8.count <= 253 && key != "." && key != ".."
            && key.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                    || [45, 46, 95].contains(byte)
            }
    }

    static func budget(_ object: JSONValue) -> [Cause] {
        guard let least = object.at("spec", "minAvailable"), let most = object.at("spec", "maxUnavailable") else {
            return []
        }
        let shown = "{MinAvailable:\(GoText.of(least)), MaxUnavailable:\(GoText.of(most))}"
        return [invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set")]
    }

    static func lease(_ object: JSONValue) -> [Cause] {
        ["leaseDurationSeconds", "leaseTransitions"].compactMap { field in
            guard let number = object.at("spec", field)?.intValue else { return nil }
            let isDuration = field == "leaseDurationSeconds"
            guard number < (isDuration ? 1 : 0) else { return nil }
            return invalid(
                "spec.\(field)", String(number),
                isDuration ? "must be greater than 0" : "must be greater than or equal to 0")
        }
    }
}
