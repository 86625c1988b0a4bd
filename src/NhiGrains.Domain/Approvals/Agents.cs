namespace NhiGrains.Domain.Approvals;

/// <summary>Names that are no person's: of identities that act for themselves, and of this system. They can never approve (promise 10).</summary>
public static class Agents
{
    public const string System = "system";

    /// <summary>Before the id of an identity that acts for itself.</summary>
    public const string Identity = "identity:";

    public static bool Are(string name) =>
        name == System || name.StartsWith(System + ":", StringComparison.Ordinal) || name.StartsWith(Identity, StringComparison.Ordinal);
}
