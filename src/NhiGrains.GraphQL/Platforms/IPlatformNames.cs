namespace NhiGrains.GraphQL.Platforms;

/// <summary>The platforms that are configured. The host registers one, since this project does not see the connectors.</summary>
public interface IPlatformNames
{
    /// <summary>Ids such as <c>k8s:staging</c>, in the order in which to list them.</summary>
    IReadOnlyList<string> Platforms { get; }
}
