import Diagnosis

/// The part of `docs/operations.md` about what is done by hand, written from the words that incidents end with.
public enum CausePage {
    public static var markdown: String {
        let entries = CauseID.allCases.map(CauseGuide.init).sorted { $0.cause.rawValue < $1.cause.rawValue }
        return head + entries.map(section).joined()
    }

    private static func section(_ guide: CauseGuide) -> String {
        """

        ### \(guide.cause.rawValue)

        \(guide.meaning) Cortex \(guide.treatment)

        *By hand:* \(escaped(guide.byHand))

        """
    }

    /// A text with commands in it is plain text: nothing in it is markup.
    private static func escaped(_ text: String) -> String {
        text.replacing("<", with: "&lt;").replacing("*", with: "\\*").replacing("_", with: "\\_")
    }

    private static let head = """
        NAME and NAMESPACE stand for the workload or the Service that the incident is about. `cortex explain CAUSE`
        prints the same, `cortex diagnose NAME -n NAMESPACE` the text with the real names in it.

        """
}
