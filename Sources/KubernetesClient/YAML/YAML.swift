public import JSON

/// YAML as JSON values: the core schema of YAML 1.2, read with libyaml.
///
/// A kubeconfig written as JSON is read by the same function, since JSON is a subset.
public enum YAML {
    /// Every document of the text, in order; none for an empty one.
    ///
    /// Plain scalars are null, booleans, integers (decimal, `0o`, `0x`) or floats where they look so; everything else,
    /// and everything in quotes, is a string. Keys become strings. Merge keys (`<<`) are resolved.
    /// - Throws: `YAMLFailure` with line and column: bad syntax, a key that occurs twice, an unknown alias, or a text
    ///   beyond the limits.
    public static func parse(
        _ text: [UInt8], limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLFailure) -> [JSONValue] {
        guard text.count <= limits.maximumBytes else {
            throw YAMLFailure(line: 1, column: 1, message: "longer than \(limits.maximumBytes) bytes")
        }
        var composer = YAMLComposer(YAMLEventReader(text), limits: limits)
        return try composer.documents()
    }
}
