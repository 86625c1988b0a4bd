using System.Text;
using NhiGrains.Domain.Identities;

namespace NhiGrains.Domain.People;

/// <summary>What people and groups may be called: as a token's subject and an owner's team are, so any text that can be shown.</summary>
public static class PersonNames
{
    // The audit's names for who acts and is nobody: identities, and what happens by itself.
    private const string Identity = "identity:";
    private const string System = "system";

    /// <summary>Whether a name is that of a person. An identity, however it acts, is none: agents never approve (promise 10).</summary>
    public static bool IsPerson(string name) =>
        !name.StartsWith(Identity, StringComparison.Ordinal) && name != System && !name.StartsWith(System + ":", StringComparison.Ordinal);

    public static Refusal? CheckPerson(string name, string field) =>
        name.Length > Names.MaxActorLength || !IsShown(name)
            ? new("INVALID_PERSON", $"A person is named by 1 to {Names.MaxActorLength} characters that can be shown, as in the claim 'sub' of a token.", "Use the name that the person's token has.", field)
        : !IsPerson(name)
            ? new("NOT_A_PERSON", $"'{name}' is no person. Identities and what runs by itself are in no group and act for nobody.", "Name a person.", field)
        : null;

    public static Refusal? CheckGroup(string name) => name.Length <= Names.MaxOwnerLength && IsShown(name)
        ? null
        : new("INVALID_GROUP", $"A group is named by 1 to {Names.MaxOwnerLength} characters that can be shown.", "Use the name of the team.", "group");

    // Half a character would be another one after it was stored.
    private static bool IsShown(string name) =>
        !string.IsNullOrWhiteSpace(name) && name.EnumerateRunes().All(rune => rune != Rune.ReplacementChar && !Rune.IsControl(rune));
}
