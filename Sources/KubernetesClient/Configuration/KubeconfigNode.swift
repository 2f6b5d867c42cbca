internal import FoundationEssentials
import JSON

/// A value inside a kubeconfig together with its file and field, so that every complaint can name both.
struct KubeconfigNode: Hashable, Sendable {
    var value: JSONValue
    var file: String
    /// `clusters[0].cluster`; empty for the document.
    var path: String

    func failure(_ what: String) -> ConfigurationFailure {
        ConfigurationFailure("kubeconfig \(file): \(path.isEmpty ? "the file" : path) \(what)")
    }

    /// nil when absent or null.
    func child(_ key: String) -> KubeconfigNode? {
        guard let member = value[key], member != .null else { return nil }
        return KubeconfigNode(value: member, file: file, path: path.isEmpty ? key : "\(path).\(key)")
    }

    /// nil when absent, null or empty, as Go's `omitempty` has it.
    func string(_ key: String) throws(ConfigurationFailure) -> String? {
        guard let child = child(key) else { return nil }
        guard let text = child.value.stringValue else { throw child.failure("is \(child.kindName), not a string") }
        return text.isEmpty ? nil : text
    }

    func bool(_ key: String) throws(ConfigurationFailure) -> Bool {
        guard let child = child(key) else { return false }
        guard let flag = child.value.boolValue else { throw child.failure("is \(child.kindName), not true or false") }
        return flag
    }

    /// The elements of a list; empty when absent.
    func list(_ key: String) throws(ConfigurationFailure) -> [KubeconfigNode] {
        guard let child = child(key) else { return [] }
        guard let elements = child.value.arrayValue else { throw child.failure("is \(child.kindName), not a list") }
        return elements.enumerated().map { index, element in
            KubeconfigNode(value: element, file: file, path: "\(child.path)[\(index)]")
        }
    }

    func strings(_ key: String) throws(ConfigurationFailure) -> [String] {
        var texts: [String] = []
        for element in try list(key) {
            guard let text = element.value.stringValue else {
                throw element.failure("is \(element.kindName), not a string")
            }
            texts.append(text)
        }
        return texts
    }

    func object(_ key: String) throws(ConfigurationFailure) -> KubeconfigNode? {
        guard let child = child(key) else { return nil }
        guard child.value.objectValue != nil else { throw child.failure("is \(child.kindName), not a mapping") }
        return child
    }

    /// Bytes in base64, line breaks allowed; nil when absent or empty.
    func base64(_ key: String) throws(ConfigurationFailure) -> Data? {
        guard let text = try string(key) else { return nil }
        guard let data = Data(base64Encoded: text.filter { !$0.isWhitespace }) else {
            throw failure("has a \(key) that is not base64")
        }
        return data
    }

    /// Relative paths are relative to the file they stand in.
    /// Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#file-references
    func filePath(_ key: String) throws(ConfigurationFailure) -> String? {
        try string(key).map(resolvingPath)
    }

    func resolvingPath(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }

    var kindName: String {
        switch value {
        case .null: "empty"
        case .bool: "true or false"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "a mapping"
        }
    }
}
