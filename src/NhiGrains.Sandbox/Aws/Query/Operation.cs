using System.Xml.Linq;
using NhiGrains.Sandbox.Aws.Authorization;

namespace NhiGrains.Sandbox.Aws.Query;

/// <summary>One operation of a service of the Query protocol.</summary>
/// <param name="Parameters">The names that it takes, lists by the part before the first dot.</param>
/// <param name="Resource">The ARN that a policy has to allow it on.</param>
/// <param name="Answer">Carries it out. Null: the answer has no result.</param>
internal sealed record Operation(
    string Name, string[] Parameters, Func<Call, string> Resource, Func<Call, IEnumerable<XElement?>?> Answer)
{
    private static readonly string[] Always = ["Action", "Version"];

    /// <summary>What policies can ask about, beyond what every request has.</summary>
    public Func<Call, RequestContext> Context { get; init; } = _ => RequestContext.Empty;

    /// <summary>Whether the caller has to be allowed to; only one operation of AWS's is for everybody.</summary>
    public bool IsForEverybody { get; init; }

    /// <summary>
    /// Refuses a parameter that the operation does not have. AWS passes over some; here a misspelled name should not go unseen.
    /// </summary>
    public void CheckNames(Parameters given)
    {
        var unknown = given.Names.FirstOrDefault(name => !Parameters.Contains(name.Split('.')[0]) && !Always.Contains(name));
        if (unknown is not null)
            throw AwsException.Validation($"{Name} has no parameter {unknown}.");
    }
}
