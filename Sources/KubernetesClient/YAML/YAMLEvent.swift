/// One step of a YAML text, with its place. What libyaml calls an event, as a value.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        case scalar(YAMLScalar, anchor: String?)
        case sequenceStart(anchor: String?)
        case sequenceEnd
        case mappingStart(anchor: String?)
        case mappingEnd
    }
    var kind: Kind
    /// From 1.
    var line: Int
    /// From 1.
    var column: Int

    func failure(_ message: String) -> YAMLFailure { YAMLFailure(line: line, column: column, message: message) }
}
