namespace NhiGrains.Cel.Checking;

/// <summary>One way to call a function: its stable name, whether the first parameter is the receiver, and its types.</summary>
internal sealed record Overload(string Id, bool IsMember, CelType[] Parameters, CelType Result);
