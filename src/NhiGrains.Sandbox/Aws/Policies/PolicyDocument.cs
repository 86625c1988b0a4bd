using System.Collections.Immutable;

namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>An IAM policy that was read whole; the text is what was written, and is what is given back.</summary>
/// <param name="Text">As it was sent.</param>
/// <param name="HasVariables">Policy variables are resolved from version 2012-10-17 on; before, they are plain text.</param>
internal sealed record PolicyDocument(string Text, bool HasVariables, ImmutableArray<Statement> Statements)
{
    /// <summary>What counts against quotas: IAM does not count white space.</summary>
    public int Size => Text.Count(letter => !char.IsWhiteSpace(letter));
}

/// <summary>One statement of a policy.</summary>
/// <param name="Principals">Whom it is for; null in a policy that is attached to whom it is for.</param>
internal sealed record Statement(
    string? Sid,
    bool Allows,
    Principals? Principals,
    Patterns Actions,
    Patterns? Resources,
    ImmutableArray<Condition> Conditions);

/// <summary>A list of patterns of which one has to match, or with <paramref name="Except"/> none may.</summary>
internal sealed record Patterns(bool Except, ImmutableArray<string> Values);

/// <summary>Whom a trust policy is for, as it says it; <c>*</c> among <paramref name="Aws"/> is everybody.</summary>
internal sealed record Principals(bool Except, ImmutableArray<string> Aws, ImmutableArray<string> Services, ImmutableArray<string> Federated);

/// <summary>One operator on one key; of the values one has to match, or with a negated operator none may.</summary>
internal sealed record Condition(ConditionOperator Operator, string Key, ImmutableArray<string> Values);
