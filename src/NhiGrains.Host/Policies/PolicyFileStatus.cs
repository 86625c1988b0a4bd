namespace NhiGrains.Host.Policies;

/// <summary>What the policy file last came to, for those who operate the process.</summary>
internal sealed class PolicyFileStatus
{
    private volatile PolicyFileReport _current = new(null, null, []);

    public PolicyFileReport Current
    {
        get => _current;
        set => _current = value;
    }
}

/// <param name="File">Null when none is configured.</param>
/// <param name="AppliedVersion">The version of the set that this file last put in force; null when it never did.</param>
/// <param name="Problems">Why the file as it is now was refused; empty when it was not. The set in force stayed in force.</param>
internal sealed record PolicyFileReport(string? File, string? AppliedVersion, IReadOnlyList<PolicyProblem> Problems)
{
    /// <summary>Why what the file says is not in force, although nothing is wrong with it, and what can be done; null when it is.</summary>
    public string? NotApplied { get; init; }
}
