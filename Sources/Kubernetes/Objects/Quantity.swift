/// A resource quantity, `250m`, `64Mi`, `1e3`, in its base unit (bytes, cores).
/// Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
public struct Quantity: Hashable, Sendable, Comparable {
    /// The value in base units.
    public let value: Double

    /// - Returns: nil when the text is not a quantity.
    public init?(_ text: String) {
        let suffixes: [(String, Double)] = [
            ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776),
            ("Pi", 1_125_899_906_842_624), ("Ei", 1_152_921_504_606_846_976), ("n", 1e-9), ("u", 1e-6), ("m", 1e-3),
            ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18),
        ]
        let suffix = suffixes.first { text.hasSuffix($0.0) }
        let digits = suffix.map { text.dropLast($0.0.count) } ?? text[...]
        guard let number = Double(digits), number.isFinite else { return nil }
        value = number * (suffix?.1 ?? 1)
    }

    public static func < (left: Quantity, right: Quantity) -> Bool { left.value < right.value }
}
