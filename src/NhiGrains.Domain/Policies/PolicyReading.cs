namespace NhiGrains.Domain.Policies;

/// <summary>
/// How a policy set is read. What was decided is decided again as the set was read then, so that a release that reads it in another way
/// adds one here, and the audit of those before it still replays. New decisions are by the last.
/// </summary>
public enum PolicyReading
{
    /// <summary>
    /// An application or environment that is not known is an empty text to conditions; an entry of the catalogue hides the shorter ones
    /// wholly; a verb is nothing but itself; a beginning such as <c>shop/pods/</c> covers <c>pods/eviction</c>.
    /// </summary>
    First,

    /// <summary>
    /// A condition that looks at what is not known fails; entries say what longer ones leave out; a verb is what
    /// <see cref="Entitlements.VerbsInVerbs"/> says as well; what covers a part of a resource names the part.
    /// </summary>
    Second,
}
